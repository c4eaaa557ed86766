"""What commands print: ids are never cut, however narrow the terminal."""

from uuid import uuid4

import pytest
from rich.table import Table

from cli.output import print_table


@pytest.mark.parametrize("width", ["10", "40", "80", "200"])
def test_ids_in_tables_are_whole_at_any_width(
    width: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    ids = [str(uuid4()) for _ in range(3)]
    table = Table("Id", "Contenu / Content", "Objet / Object")
    table.add_row(ids[0], "quelques mots / a few words", f"objects/{ids[1]}/{ids[2]}")
    print_table(table)
    printed = capsys.readouterr().out
    assert all(whole in printed for whole in ids)
    assert "…" not in printed
