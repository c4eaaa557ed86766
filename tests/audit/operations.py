"""The operations that the gateway describes, and which callers they admit."""

import re
from dataclasses import dataclass
from typing import Any

from contracts.vocabulary import Role
from gateway.guards import PUBLIC, ROLES
from tests.audit.callers import ANONYMOUS
from tests.unit.gateway.test_structure import HANDLERS

_TYPE = re.compile(r":\w+}")
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head"})
_ENDING = re.compile(
    r"closing|reopening|destruction|suspension|lock$|(PUT|DELETE|POST) .*(sessions|password|contact)"
)
"""Operations after which their caller, or the record, may have no access any more."""


@dataclass(frozen=True)
class DescribedOperation:
    """An operation: `GET /path`, its operationId, and the names of the callers that it admits."""

    name: str
    id: str
    admits: frozenset[str]

    @property
    def is_ending(self) -> bool:
        return _ENDING.search(self.name) is not None


def operations_in(description: dict[str, Any]) -> list[DescribedOperation]:
    """Every operation of an OpenAPI description; KeyError if the gateway has no such route."""
    admitted = {
        f"{verb} {_TYPE.sub('}', path)}": handler.opt[ROLES]
        for name, handler in HANDLERS.items()
        for verbs, _, path in [name.partition(" ")]
        for verb in verbs.split("/")
    }
    return [
        DescribedOperation(name, operation["operationId"], _callers(admitted[name]))
        for path, item in description["paths"].items()
        for verb, operation in item.items()
        if verb in _VERBS
        for name in [f"{verb.upper()} {path}"]
    ]


def _callers(roles: frozenset[Role] | str) -> frozenset[str]:
    return frozenset({ANONYMOUS}) if roles == PUBLIC else frozenset(str(role) for role in roles)
