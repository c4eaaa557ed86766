"""The operator searches the journal, erases who somebody was, and verifies what is left, by command."""

from uuid import UUID, uuid4

import psycopg2
import pytest
from typer.testing import CliRunner

from cli.demo.client import ApiError
from cli.demo.people import DemoPeople
from cli.main import app
from contracts.errors import RecordNotFound
from deploy.dev.stack import Stack
from tests.support.waiting import wait_until


def lines_of(platform: Stack, patient_id: UUID) -> int:
    with psycopg2.connect(platform.addresses.database_url("audit")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(number), 0) FROM strands WHERE patient_id = %s", [str(patient_id)])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


@pytest.fixture
def stranger_refused(platform: Stack, demo: DemoPeople) -> UUID:
    """An id of nobody's, in whose journal one refused try stands."""
    patient_id = uuid4()
    doctor = demo.logged_in("gp")
    with pytest.raises(ApiError, match=RecordNotFound.code):
        doctor.list_documents(str(patient_id))
    wait_until(lambda: lines_of(platform, patient_id) == 1, "the refused try in the journal")
    return patient_id


def test_search_erase_verify(operator: CliRunner, stranger_refused: UUID) -> None:
    found = operator.invoke(app, ["journal", "search", "--patient", str(stranger_refused)])
    assert found.exit_code == 0, found.output
    assert RecordNotFound.code in found.output
    assert "professional" in found.output

    erased = operator.invoke(app, ["journal", "erase", str(stranger_refused), "--yes"])
    assert erased.exit_code == 0, erased.output
    assert "Strands erased: 1" in erased.output

    verified = operator.invoke(app, ["journal", "verify", "--patient", str(stranger_refused)])
    assert verified.exit_code == 0, verified.output
    assert "Names checked, erased: 0, 1" in verified.output
    assert operator.invoke(app, ["journal", "verify"]).exit_code == 0


def test_a_search_that_names_nobody_and_no_day_is_refused(platform: Stack, operator: CliRunner) -> None:
    result = operator.invoke(app, ["journal", "search"])

    assert result.exit_code == 1
    assert "request.invalid" in result.output


def test_a_key_that_is_not_the_hosts_opens_nothing(
    platform: Stack, operator: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARNET_OPERATOR_KEY", str(platform.addresses.keys.signing("gateway")))

    result = operator.invoke(app, ["journal", "search", "--actor", "80000000019"])

    assert result.exit_code == 1
    assert "401" in result.output
