"""The operator changes in which section a kind of document is found, by command; documents on file follow."""

import json
from pathlib import Path
from secrets import token_hex

from typer.testing import CliRunner

from cli.demo.people import DemoPeople
from cli.main import app
from tests.support.fhir_client import FhirClient, stated_file
from tests.support.people import Holder, activate, open_record

SOCIAL = "28653-4"
"""A type that no other test deposits: the plan stays in force for them."""


def plan(directory: Path, section: str) -> str:
    """A file with a plan that nobody has loaded."""
    rules = [{"author": "patient", "section": "espace_personnel"}, {"type_code": SOCIAL, "section": section}]
    file = directory / "plan.json"
    file.write_text(json.dumps({"version": f"essai-{token_hex(6)}", "rules": rules}))
    return str(file)


def deposit_social(demo: DemoPeople, holder: Holder) -> None:
    stated = stated_file(holder, b"Bilan social. " * 30, SOCIAL, title="Bilan")
    assert FhirClient(demo, demo.logged_in("hospital")).post("DocumentReference", stated).status_code == 201


def test_a_plan_is_compared_loaded_and_followed_by_what_is_on_file(
    operator: CliRunner, demo: DemoPeople, tmp_path: Path
) -> None:
    holder = open_record(demo)
    deposit_social(demo, holder)
    patient = activate(demo, holder)
    before = patient.list_documents(holder.record)["documents"][0]["section"]
    after = "certificats" if before != "certificats" else "prevention"
    file = plan(tmp_path, after)

    compared = operator.invoke(app, ["sections", "diff", file])
    assert compared.exit_code == 0 and SOCIAL in compared.output and after in compared.output
    assert patient.list_documents(holder.record)["documents"][0]["section"] == before

    loaded = operator.invoke(app, ["sections", "load", file, "--yes"])
    assert loaded.exit_code == 0, loaded.output
    assert "All is filed" in loaded.output
    assert [one["section"] for one in patient.list_documents(holder.record, section=after)["documents"]] == [after]
    assert "à reclasser / to refile: 0" in operator.invoke(app, ["sections", "show"]).output

    again = operator.invoke(app, ["sections", "load", file, "--yes"])
    assert again.exit_code == 1 and "filing.invalid" in again.output


def test_a_plan_that_does_not_read_changes_nothing(operator: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text('{"version": "x", "rules": [{"section": "nulle part"}]}')
    refused = operator.invoke(app, ["sections", "load", str(file), "--yes"])
    assert refused.exit_code == 1 and "filing.invalid" in refused.output
