"""What `make audit` accepts is well formed, names what exists, and is compared exactly with what was found."""

from fnmatch import fnmatchcase
from pathlib import Path

from tests.audit.findings import Accepted, ToolFinding, judge, load_triage
from tests.audit.operations import operations_in
from tests.unit.gateway.test_description import DESCRIPTION

ROOT = Path(__file__).parents[2]
OPERATIONS = operations_in(DESCRIPTION)
FOUND = ToolFinding("bandit", "B101 assert_used", "gateway/errors.py", "assert status is not None")
ACCEPTED = Accepted(rule=FOUND.rule, places=("gateway/*.py",), detail="assert status .*", why="a test")


def test_every_accepted_finding_is_at_a_place_that_exists_and_says_why() -> None:
    triage = load_triage()
    assert triage
    names = [operation.name for operation in OPERATIONS]
    places = [place for entry in triage for place in entry.places if " " in place]
    assert [place for place in places if not any(fnmatchcase(name, place) for name in names)] == []
    files = [place for entry in triage for place in entry.places if place.endswith(".py")]
    assert [file for file in files if not (ROOT / file).exists()] == []
    assert [entry.rule for entry in triage if not entry.why] == []


def test_every_operation_has_a_caller() -> None:
    assert len(OPERATIONS) > 100
    assert [operation.name for operation in OPERATIONS if not operation.admits] == []


def test_what_is_accepted_is_not_open() -> None:
    verdict = judge([FOUND, FOUND], [ACCEPTED])
    assert (verdict.open, verdict.accepted, verdict.stale) == ((), (FOUND,), ())


def test_another_line_place_or_rule_is_open() -> None:
    others = [
        ToolFinding("bandit", FOUND.rule, FOUND.place, "assert status is not None and more"),
        ToolFinding("bandit", FOUND.rule, "services/errors.py", FOUND.detail),
        ToolFinding("bandit", "B102 exec_used", FOUND.place, FOUND.detail),
    ]
    accepted = Accepted(rule=FOUND.rule, places=("gateway/*.py",), detail="assert status is not None", why="a test")
    verdict = judge([FOUND, *others], [accepted])
    assert (set(verdict.open), verdict.accepted) == (set(others), (FOUND,))


def test_what_is_accepted_but_not_found_is_said_for_each_place() -> None:
    accepted = Accepted(rule=FOUND.rule, places=(FOUND.place, "gateway/app.py"), why="a test")
    verdict = judge([FOUND], [accepted])
    assert verdict.open == ()
    assert verdict.stale == ("B101 assert_used gateway/app.py .*",)
