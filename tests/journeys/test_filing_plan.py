"""The operator loads a filing plan, which assigns document types to sections; stored documents are refiled."""

import json
from pathlib import Path
from secrets import token_hex

from typer.testing import CliRunner

from cli.main import app
from client.people import DemoPeople
from tests.support.fhir_client import fhir_client, text_reference_to
from tests.support.people import Holder, activate_account, open_record

SOCIAL = "28653-4"
"""A type that no other test deposits, since the plan stays in force after this test."""


def plan_file(directory: Path, section: str) -> str:
    """A file with a plan of a new version."""
    rules = [{"author": "patient", "section": "espace_personnel"}, {"type_code": SOCIAL, "section": section}]
    file = directory / "plan.json"
    file.write_text(json.dumps({"version": f"essai-{token_hex(6)}", "rules": rules}))
    return str(file)


def deposit_social(demo: DemoPeople, holder: Holder) -> None:
    reference = text_reference_to(holder, b"Bilan social. " * 30, SOCIAL, title="Bilan")
    assert fhir_client(demo, demo.logged_in("hospital")).post("DocumentReference", reference).status_code == 201


def test_a_plan_is_compared_and_loaded_and_stored_documents_are_refiled(
    operator_cli: CliRunner, demo: DemoPeople, tmp_path: Path
) -> None:
    holder = open_record(demo)
    deposit_social(demo, holder)
    patient = activate_account(demo, holder)
    before = patient.list_documents(holder.record).documents[0].section
    after = "certificats" if before != "certificats" else "prevention"
    file = plan_file(tmp_path, after)

    compared = operator_cli.invoke(app, ["sections", "diff", file])
    assert compared.exit_code == 0 and SOCIAL in compared.output and after in compared.output
    assert patient.list_documents(holder.record).documents[0].section == before

    loaded = operator_cli.invoke(app, ["sections", "load", file, "--yes"])
    assert loaded.exit_code == 0, loaded.output
    assert "All is filed" in loaded.output
    assert [document.section for document in patient.list_documents(holder.record, section=after).documents] == [
        after
    ]
    assert "à reclasser / to refile: 0" in operator_cli.invoke(app, ["sections", "show"]).output

    again = operator_cli.invoke(app, ["sections", "load", file, "--yes"])
    assert again.exit_code == 1 and "filing.invalid" in again.output


def test_an_invalid_plan_is_refused(operator_cli: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text('{"version": "x", "rules": [{"section": "nulle part"}]}')
    refused = operator_cli.invoke(app, ["sections", "load", str(file), "--yes"])
    assert refused.exit_code == 1 and "filing.invalid" in refused.output
