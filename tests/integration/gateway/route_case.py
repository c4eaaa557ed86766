"""One request with an answer in JSON."""

from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.api import Method


@dataclass(frozen=True)
class RouteCase:
    """One request: `body` is sent as JSON unless None, `question` is what `method` is then asked."""

    verb: str
    path: str
    body: Any
    method: Method[Any, Any]
    question: msgspec.Struct
    answer: msgspec.Struct
    status: int

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"
