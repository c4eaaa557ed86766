"""One request with a JSON response."""

from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.api import Method


@dataclass(frozen=True)
class RouteCase:
    """`body`: JSON of the request, if any; `message`: what the gateway sends to `method`; `answer`: the reply."""

    verb: str
    path: str
    body: Any
    method: Method[Any, Any]
    message: msgspec.Struct
    answer: msgspec.Struct
    status: int

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"
