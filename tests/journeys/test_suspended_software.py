"""The operator suspends business software, which logs out its users within seconds, or limits it by a quota."""

from collections.abc import Iterator
from dataclasses import asdict

import pytest
from typer.testing import CliRunner

from cli.main import app
from client.api_client import ApiClient
from client.errors import ApiError
from client.people import DemoPeople
from deploy.dev.people import FEEDING_SOFTWARE, FULL_SOFTWARE
from tests.support.people import Holder, authorised_doctor, open_record
from tests.support.waiting import wait_past_minute_boundary, wait_until

NUMBER = asdict(FULL_SOFTWARE)["number"]


@pytest.fixture
def resuming_cli(operator_cli: CliRunner) -> Iterator[CliRunner]:
    """The operator's command line; the software is resumed at the end."""
    yield operator_cli
    assert operator_cli.invoke(app, ["software", "resume", NUMBER]).exit_code == 0


def outcome(client: ApiClient, holder: Holder) -> str:
    try:
        client.list_documents(holder.record)
    except ApiError as refused:
        return refused.code
    return "allowed"


def test_suspended_software_is_refused_until_it_is_resumed(demo: DemoPeople, resuming_cli: CliRunner) -> None:
    holder = open_record(demo)
    doctor = authorised_doctor(demo, holder, "gp")
    assert outcome(doctor, holder) == "allowed"
    assert resuming_cli.invoke(app, ["software", "suspend", NUMBER]).exit_code == 0
    wait_until(lambda: outcome(doctor, holder) == "token.invalid", "its users are logged out")
    with pytest.raises(ApiError) as refused:
        demo.logged_in("gp")
    assert refused.value.code == "software.refused"
    listed = resuming_cli.invoke(app, ["software", "list"]).stdout
    assert any(NUMBER in row and "suspended" in row for row in listed.splitlines())
    assert resuming_cli.invoke(app, ["software", "resume", NUMBER]).exit_code == 0
    assert outcome(demo.logged_in("gp"), holder) == "allowed"


def test_software_is_limited_to_the_quota_the_operator_sets(demo: DemoPeople, operator_cli: CliRunner) -> None:
    number = asdict(FEEDING_SOFTWARE)["number"]
    assert operator_cli.invoke(app, ["software", "quota", number, "2"]).exit_code == 0
    try:
        listed = operator_cli.invoke(app, ["software", "list"]).stdout
        assert any(number in row and " 2 " in row for row in listed.splitlines())
        feeder = demo.logged_in("gp", software=number)
        wait_past_minute_boundary()
        feeder.sessions()
        feeder.sessions()
        with pytest.raises(ApiError) as refused:
            feeder.sessions()
        assert (refused.value.status, refused.value.code) == (429, "software.quota")
    finally:
        assert operator_cli.invoke(app, ["software", "quota", number, "0"]).exit_code == 0


def test_suspending_unknown_software_fails(operator_cli: CliRunner) -> None:
    done = operator_cli.invoke(app, ["software", "suspend", "LPS-999"])
    assert (done.exit_code, "software.not_found" in done.output) == (1, True)
