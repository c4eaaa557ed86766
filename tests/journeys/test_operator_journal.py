"""The operator's `carnet journal` commands: search, erase a person's identity, verify."""

import json
import re
from pathlib import Path
from uuid import UUID

import psycopg2
import pytest
from joserfc.jwk import OKPKey
from typer.testing import CliRunner

from cli.main import app
from client.people import DemoPeople
from deploy.dev.stack import Stack
from tests.support.clock import let_ten_years_pass
from tests.support.journal_and_notices import wait_for_line
from tests.support.people import activate_account, open_record
from tests.support.waiting import wait_until


def line_count(platform: Stack, patient_id: UUID) -> int:
    with psycopg2.connect(platform.addresses.database_url("audit")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(number), 0) FROM strands WHERE patient_id = %s", [str(patient_id)])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def signatures(operator_cli: CliRunner, patient_id: UUID) -> int:
    """Lines of the erasure of a patient's names: the first operator's, and the second's."""
    search = ["journal", "search", "--patient", str(patient_id), "--act", "effacement_identite"]
    return operator_cli.invoke(app, search).output.count("effacement_identite")


@pytest.fixture
def destroyed(platform: Stack, demo: DemoPeople) -> UUID:
    """The id of a patient whose record was destroyed, which their journal says."""
    holder = open_record(demo)
    patient = activate_account(demo, holder)
    patient.close_record(holder.record)
    let_ten_years_pass(platform, holder.record)
    wait_for_line(patient, holder.record, "destruction_dossier")
    return UUID(holder.record)


def test_journal_is_searched_erased_and_still_verifies(
    platform: Stack, operator_cli: CliRunner, destroyed: UUID
) -> None:
    found = operator_cli.invoke(app, ["journal", "search", "--patient", str(destroyed)])
    assert found.exit_code == 0, found.output
    assert "destruction_dossier" in found.output
    assert "professional" in found.output
    before = line_count(platform, destroyed)

    erased = operator_cli.invoke(app, ["journal", "erase", str(destroyed), "--yes"])
    assert erased.exit_code == 0, erased.output
    assert "Strands erased: 1" in erased.output

    wait_until(lambda: signatures(operator_cli, destroyed) == 2, "both signatures in the journal")
    verified = operator_cli.invoke(app, ["journal", "verify", "--patient", str(destroyed)])
    assert verified.exit_code == 0, verified.output
    # What was there is erased; the erasure itself is named.
    names = re.search(r"Names checked, erased: (\d+), (\d+)", verified.output)
    assert names is not None
    assert int(names[1]) >= 1
    assert int(names[2]) >= before
    assert operator_cli.invoke(app, ["journal", "verify"]).exit_code == 0


def test_a_search_without_person_and_day_is_refused(platform: Stack, operator_cli: CliRunner) -> None:
    result = operator_cli.invoke(app, ["journal", "search"])

    assert result.exit_code == 1
    assert "request.invalid" in result.output


def test_a_key_that_is_no_operators_or_not_trusted_is_refused(
    platform: Stack, operator_cli: CliRunner, tmp_path: Path
) -> None:
    unknown = tmp_path / "unknown.jwk.json"
    unknown.write_text(
        json.dumps(OKPKey.generate_key("Ed25519", {"kid": "operator.exploitant"}).as_dict(private=True))
    )
    for key, expected in ((platform.addresses.keys.signing("gateway"), "operator's key"), (unknown, "401")):
        result = operator_cli.invoke(
            app, ["journal", "search", "--actor", "80000000019"], env={"CARNET_OPERATOR_KEY": str(key)}
        )
        assert (result.exit_code, expected in result.output) == (1, True), result.output
