"""A PATCH as a change of marks and state: JSON Patch, or FHIRPath Patch, on the few elements that may change."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from contracts.errors import (
    DocumentTransitionRefused,
    ElementNotChangeable,
    ExpectationFailed,
    HeaderContradicts,
    InvalidRequest,
)
from contracts.records import ChangeDocument, Expected
from contracts.vocabulary import DocumentStatus
from gateway.fhir.document_in import coded
from gateway.fhir.systems import IS_ARCHIVED, IS_DELETED

PATCH_JSON = "application/json-patch+json"
_MOST = 50
_FLAGS = (IS_ARCHIVED, IS_DELETED)
"""In the places they have in `extension`."""
_FLAG = re.compile(r"/extension/([01])(?:/valueBoolean)?")
_LABEL = re.compile(r"/securityLabel/(\d{1,2}|-)")
_FLAG_BY_URL = re.compile(r"(?:DocumentReference\.)?extension\.where\(url ?= ?'([^']+)'\)(?:\.value(?:Boolean)?)?")
_VERSION = re.compile(r'(?:W/)?"(\d{1,9})"')


class Operation(msgspec.Struct, frozen=True, rename={"source": "from"}):
    """One operation of RFC 6902."""

    op: str
    path: str
    value: Any = None
    source: str | None = None


_decode = msgspec.json.Decoder(list[Operation]).decode


class _Wanted:
    """What the operations read so far come to."""

    def __init__(self) -> None:
        self.status: str | None = None
        self.flags: dict[str, bool] = {}
        self.labels: tuple[str, ...] | None = None
        self.added: list[str] = []
        self.dropped: list[int] = []
        self.expected_status: DocumentStatus | None = None
        self.expected_archived: bool | None = None

    def take(self, one: Operation) -> None:
        """One more operation.

        Raises:
            ElementNotChangeable: of anything else. InvalidRequest: unreadable.
        """
        flag, label = _FLAG.fullmatch(one.path), _LABEL.fullmatch(one.path)
        if one.op not in {"add", "replace", "remove", "test"}:
            raise ElementNotChangeable(field=_shown(one.path))
        if one.path == "/status":
            self._take_status(one)
        elif flag is not None:
            self._take_flag(one, _FLAGS[int(flag[1])])
        elif one.path in {"/extension", "/extension/-"} and one.op == "add":
            self._take_extensions(one)
        elif one.path == "/securityLabel":
            self._take_labels(one)
        elif label is not None:
            self._take_label(one, label[1])
        else:
            raise ElementNotChangeable(field=_shown(one.path))

    def _take_status(self, one: Operation) -> None:
        if one.value not in {"current", "superseded"} or one.op == "remove":
            raise InvalidRequest(field="status")
        if one.op == "test":
            self.expected_status = DocumentStatus(one.value)
        else:
            self.status = one.value

    def _take_flag(self, one: Operation, url: str) -> None:
        value = one.value.get("valueBoolean") if isinstance(one.value, dict) else one.value
        if one.op == "remove":
            value = False
        if not isinstance(value, bool) or (isinstance(one.value, dict) and one.value.get("url") != url):
            raise InvalidRequest(field="extension")
        if one.op != "test":
            self.flags[url] = value
        elif url == IS_ARCHIVED:
            self.expected_archived = value
        elif value:
            raise ExpectationFailed(field="isDeleted")

    def _take_extensions(self, one: Operation) -> None:
        sent = one.value if isinstance(one.value, list) else [one.value]
        for extension in sent:
            url = extension.get("url") if isinstance(extension, dict) else None
            if url not in _FLAGS:
                raise ElementNotChangeable(field="extension")
            self._take_flag(Operation("add", one.path, extension), url)

    def _take_labels(self, one: Operation) -> None:
        if one.op == "test":
            raise InvalidRequest(field="securityLabel")
        sent = one.value if isinstance(one.value, list) else [one.value]
        self.labels = () if one.op == "remove" else tuple(map(_label, sent))

    def _take_label(self, one: Operation, place: str) -> None:
        if one.op == "test" or (place == "-" and one.op != "add"):
            raise InvalidRequest(field="securityLabel")
        if one.op in {"remove", "replace"}:
            self.dropped.append(int(place))
        if one.op in {"add", "replace"}:
            self.added.append(_label(one.value))


def operations_in(body: bytes) -> Sequence[Operation]:
    """The operations of a JSON Patch; raises InvalidRequest."""
    try:
        found = _decode(body)
    except (msgspec.MsgspecError, RecursionError):
        raise InvalidRequest(field="body") from None
    return _bounded(found)


def operations_of(parameters: Mapping[str, Any]) -> Sequence[Operation]:
    """The operations of a FHIRPath Patch, as those of a JSON Patch.

    Raises:
        InvalidRequest, ElementNotChangeable.
    """
    found = [_operation(one.get("part", [])) for one in parameters.get("parameter", []) if one["name"] == "operation"]
    return _bounded(found)


def _bounded(found: list[Operation]) -> list[Operation]:
    if not 1 <= len(found) <= _MOST:
        raise InvalidRequest(field="body")
    return found


def _operation(parts: Sequence[Mapping[str, Any]]) -> Operation:
    said = {part["name"]: _value_in(part) for part in parts}
    path = str(said.get("path", ""))
    flag = _FLAG_BY_URL.fullmatch(path)
    if flag is not None and flag[1] in _FLAGS:
        return Operation("replace", f"/extension/{_FLAGS.index(flag[1])}/valueBoolean", said.get("value"))
    if path.removeprefix("DocumentReference.") == "status":
        return Operation("replace", "/status", said.get("value"))
    raise ElementNotChangeable(field=_shown(path))


def _value_in(part: Mapping[str, Any]) -> Any:
    return next((value for key, value in part.items() if key.startswith("value")), None)


def change_in(operations: Sequence[Operation], if_match: str) -> ChangeDocument:
    """The change they come to, of a document yet to be named; `if_match` as the header has it.

    Raises:
        ElementNotChangeable, InvalidRequest. HeaderContradicts: deleted, and not superseded.
            DocumentTransitionRefused: only a newer version supersedes.
    """
    wanted = _Wanted()
    for one in operations:
        wanted.take(one)
    deleted = wanted.flags.get(IS_DELETED, False)
    if deleted and wanted.status != "superseded":
        raise HeaderContradicts(field="status")
    if wanted.status == "superseded" and not deleted:
        raise DocumentTransitionRefused(status=wanted.status)
    return ChangeDocument(
        labels=None if deleted else wanted.labels,
        add_labels=() if deleted else tuple(wanted.added),
        drop_labels=() if deleted else tuple(wanted.dropped),
        archived=None if deleted else _archived(wanted),
        deleted=deleted,
        expected=Expected(
            version=_version(if_match), status=wanted.expected_status, archived=wanted.expected_archived
        ),
    )


def _archived(wanted: _Wanted) -> bool | None:
    """An archived document is made current again by either way of saying so."""
    named = wanted.flags.get(IS_ARCHIVED)
    says_more = wanted.labels is not None or wanted.added or wanted.dropped
    return False if named is None and wanted.status == "current" and not says_more else named


def _version(if_match: str) -> int | None:
    if not if_match or if_match == "*":
        return None
    found = _VERSION.fullmatch(if_match.strip())
    if found is None:
        raise InvalidRequest(field="If-Match")
    return int(found[1])


def _label(sent: Any) -> str:
    found = coded(sent) if isinstance(sent, dict) else None
    code = sent if isinstance(sent, str) else found and found.code
    if not code:
        raise InvalidRequest(field="securityLabel")
    return str(code)


def _shown(path: str) -> str:
    return path[:64] if re.fullmatch(r"[\w/.-]+", path[:64]) else "?"
