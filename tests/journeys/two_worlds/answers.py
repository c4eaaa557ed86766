"""Answers as they are compared: ids, hashes and times replaced by the order in which a world first shows them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import requests

from tests.journeys.two_worlds.worlds import World

TRACE = frozenset({"trace_id", "diagnostics"})
"""JSON fields with the id of the request."""

IGNORED_HEADERS = frozenset({"date", "server", "connection", "transfer-encoding", "x-trace-id", "content-length"})
"""`content-length` is compared where it is that of a document: elsewhere times have more or fewer digits."""

OPAQUE = frozenset({"hash", "sha1", "nonce", "commitment", "previous", "next", "_cursor"})
"""JSON fields whose whole value is a hash or a cursor."""

_TOKEN = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
    r"|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)"
    r"|(?P<document>1\.2\.250\.1\.213\.1\.1\.9\.9[78][.0-9]+|2\.25\.\d+)"
    r"|(?P<pair>\b[0-9a-f]{64}\b)"
    r"|(?P<id>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"
    r"|(?P<opaque>(?=[A-Za-z_=-]*\d)[A-Za-z0-9_=-]{20,})"
)
_HEX_OF_ID = 32


@dataclass
class Normalizer:
    """Replaces what identifies one world; an id is the same name wherever that world shows it."""

    world: World
    names: dict[str, str] = field(default_factory=dict)

    def value(self, found: Any, name: str = "") -> Any:
        """A JSON value without ids and times."""
        if isinstance(found, dict):
            return {self.text(key): self.value(inner, key) for key, inner in found.items() if key not in TRACE}
        if isinstance(found, list):
            return [self.value(inner, name) for inner in found]
        if isinstance(found, str):
            return self._name("opaque", found) if name in OPAQUE and found else self.text(found)
        return found

    def text(self, found: str) -> str:
        """A text without ids and times."""
        for personal, word in self._personal():
            found = found.replace(personal, word)
        return _TOKEN.sub(self._replacement, found)

    def _personal(self) -> Iterable[tuple[str, str]]:
        patient = self.world.holder.patient
        yield patient.ins.matricule, "<matricule>"
        yield patient.email, "<email>"
        yield patient.mobile, "<mobile>"
        yield self.world.record, "<record>"

    def _replacement(self, match: re.Match[str]) -> str:
        kind = str(match.lastgroup)
        if kind == "time":
            return "<time>"
        if kind == "pair":
            # An id of FHIR: the record's, then the object's, by which it is known elsewhere too.
            return f"<record>{self._name('id', _as_uuid(match[0][_HEX_OF_ID:]))}"
        return self._name(kind, match[0])

    def _name(self, kind: str, found: str) -> str:
        return self.names.setdefault(found, f"<{kind} {len(self.names)}>")


def _as_uuid(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@dataclass(frozen=True)
class Answer:
    """What a request was answered, normalized."""

    status: int
    headers: dict[str, str]
    body: Any


def answer_of(response: requests.Response, body: Any, normalizer: Normalizer) -> Answer:
    """Status and headers of a response, with its body."""
    ignored = IGNORED_HEADERS - ({"content-length"} if _is_of_content(response) else set())
    headers = {
        name.lower(): normalizer.text(value)
        for name, value in sorted(response.headers.items())
        if name.lower() not in ignored
    }
    return Answer(response.status_code, headers, normalizer.value(body))


def _is_of_content(response: requests.Response) -> bool:
    url = response.url.partition("?")[0]
    return url.endswith("/content") or "/Binary/" in url


def body_of(response: requests.Response) -> Any:
    """The JSON value, or the text."""
    if response.content and "json" in response.headers.get("content-type", ""):
        return msgspec.json.decode(response.content)
    return response.content.decode(errors="replace")


def differences(first: Any, second: Any, place: str = "") -> list[str]:
    """Where two normalized values differ, as `place: first | second`."""
    if isinstance(first, dict) and isinstance(second, dict):
        keys = [*first, *(key for key in second if key not in first)]
        return [line for key in keys for line in differences(first.get(key), second.get(key), f"{place}/{key}")]
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        pairs = enumerate(zip(first, second, strict=True))
        return [line for index, (left, right) in pairs for line in differences(left, right, f"{place}/{index}")]
    if first == second:
        return []
    if isinstance(first, list) and isinstance(second, list):
        return [f"{place}: {len(first)} items | {len(second)} items", *_unpaired(first, second)]
    return [f"{place}: {_short(first)} | {_short(second)}"]


def _unpaired(first: list[Any], second: list[Any]) -> list[str]:
    longer, other, side = (first, second, "first") if len(first) > len(second) else (second, first, "second")
    place = next((i for i, pair in enumerate(zip(longer, other, strict=False)) if pair[0] != pair[1]), len(other))
    return [f"  only in the {side}: {_short(longer[place])}"]


def _short(value: Any) -> str:
    return str(value)[:160]
