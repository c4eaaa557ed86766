"""Every command that lists something also prints it as JSON, for machines."""

import json
from typing import Any

import pytest

from cli.main import app
from tests.support.operators import TwoOperators


def as_json(operator_cli: TwoOperators, *words: str) -> Any:
    done = operator_cli.invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("words", "key", "keys"),
    [
        (("app", "list"), "clients", {"client_id", "name", "publisher", "kind", "suspended_at"}),
        (("software", "list"), "software", {"number", "name", "profile", "quota", "suspended_at"}),
        (("matrix", "list"), "versions", {"version", "effective", "in_force", "text"}),
        (("card", "list"), "cards", {"kind", "name", "until", "revoked"}),
        (("status",), "parts", {"name", "pid", "port", "is_ready"}),
        (("journal", "search", "--actor", "80000000019"), "lines", set()),
        (("dead-letters", "list"), "dead_letters", set()),
    ],
)
def test_a_list_is_one_json_object(
    operator_cli: TwoOperators, words: tuple[str, ...], key: str, keys: set[str]
) -> None:
    listed = as_json(operator_cli, *words)
    assert set(listed) == {key}
    for item in listed[key]:
        assert keys <= set(item)
    assert listed[key] or not keys or key == "clients"


def test_the_filing_plan_is_shown_as_json(operator_cli: TwoOperators) -> None:
    assert {"version", "text", "to_refile"} <= set(as_json(operator_cli, "sections", "show"))
