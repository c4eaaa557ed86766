"""The operator bounds a business software, or suspends it: it is out within seconds, with all who work with it."""

from collections.abc import Iterator
from dataclasses import asdict

import pytest
from typer.testing import CliRunner

from cli.demo.client import ApiClient, ApiError
from cli.demo.people import DemoPeople
from cli.main import app
from deploy.dev.people import FEEDING_SOFTWARE, FULL_SOFTWARE
from tests.support.people import Holder, authorised, open_record
from tests.support.waiting import wait_for_room_in_the_minute, wait_until

NUMBER = asdict(FULL_SOFTWARE)["number"]


@pytest.fixture
def suspended(operator: CliRunner) -> Iterator[CliRunner]:
    yield operator
    assert operator.invoke(app, ["software", "resume", NUMBER]).exit_code == 0


def outcome(client: ApiClient, holder: Holder) -> str:
    try:
        client.list_documents(holder.record)
    except ApiError as refused:
        return refused.code
    return "in"


def test_suspended_software_lets_nobody_in_until_it_is_let_in_again(demo: DemoPeople, suspended: CliRunner) -> None:
    holder = open_record(demo)
    doctor = authorised(demo, holder, "gp")
    assert outcome(doctor, holder) == "in"
    assert suspended.invoke(app, ["software", "suspend", NUMBER]).exit_code == 0
    wait_until(lambda: outcome(doctor, holder) == "token.invalid", "whoever works with it is shut out")
    with pytest.raises(ApiError) as refused:
        demo.logged_in("gp")
    assert refused.value.code == "software.refused"
    listed = suspended.invoke(app, ["software", "list"]).stdout
    assert any(NUMBER in one and "suspended" in one for one in listed.splitlines())
    assert suspended.invoke(app, ["software", "resume", NUMBER]).exit_code == 0
    assert outcome(demo.logged_in("gp"), holder) == "in"


def test_a_software_has_the_quota_the_operator_gives_it(demo: DemoPeople, operator: CliRunner) -> None:
    number = asdict(FEEDING_SOFTWARE)["number"]
    assert operator.invoke(app, ["software", "quota", number, "2"]).exit_code == 0
    try:
        listed = operator.invoke(app, ["software", "list"]).stdout
        assert any(number in one and " 2 " in one for one in listed.splitlines())
        feeder = demo.logged_in("gp", software=number)
        wait_for_room_in_the_minute()
        feeder.sessions()
        feeder.sessions()
        with pytest.raises(ApiError) as refused:
            feeder.sessions()
        assert (refused.value.status, refused.value.code) == (429, "software.quota")
    finally:
        assert operator.invoke(app, ["software", "quota", number, "0"]).exit_code == 0


def test_software_nobody_knows_is_named(operator: CliRunner) -> None:
    done = operator.invoke(app, ["software", "suspend", "LPS-999"])
    assert (done.exit_code, "software.not_found" in done.output) == (1, True)
