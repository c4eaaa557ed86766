"""Parsing of JSON Patch and FHIRPath Patch into a change of visibility and state, the only changeable elements."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from contracts.errors.execution import DocumentTransitionRefused, ExpectationFailed, HeaderContradicts
from contracts.errors.request import ElementNotChangeable, InvalidRequest
from contracts.records.changes import ChangeDocument, ExpectedState
from contracts.vocabulary import DocumentStatus
from gateway.fhir.systems import IS_ARCHIVED, IS_DELETED

PATCH_JSON = "application/json-patch+json"
_MAX_OPERATIONS = 50
_FLAGS = (IS_ARCHIVED, IS_DELETED)
"""In their order in `extension`, as `document_resource` renders them."""
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


class _Coding(msgspec.Struct, frozen=True):
    code: str
    system: str | None = None


class _Concept(msgspec.Struct, frozen=True):
    coding: tuple[_Coding, ...]


class _ChangeBuilder:
    """Accumulates operations."""

    def __init__(self) -> None:
        self.status: str | None = None
        self.flags: dict[str, bool] = {}
        self.labels: tuple[str, ...] | None = None
        self.added: list[str] = []
        self.dropped: list[int] = []
        self.expected_status: DocumentStatus | None = None
        self.expected_archived: bool | None = None

    def add(self, operation: Operation) -> None:
        """Apply one more operation.

        Raises:
            ElementNotChangeable: of any other element. InvalidRequest: malformed.
        """
        flag, label = _FLAG.fullmatch(operation.path), _LABEL.fullmatch(operation.path)
        if operation.op not in {"add", "replace", "remove", "test"}:
            raise ElementNotChangeable(field=_printable(operation.path))
        if operation.path == "/status":
            self._add_status(operation)
        elif flag is not None:
            self._add_flag(operation, _FLAGS[int(flag[1])])
        elif operation.path in {"/extension", "/extension/-"} and operation.op == "add":
            self._add_extensions(operation)
        elif operation.path == "/securityLabel":
            self._add_labels(operation)
        elif label is not None:
            self._add_label(operation, label[1])
        else:
            raise ElementNotChangeable(field=_printable(operation.path))

    def _add_status(self, operation: Operation) -> None:
        if operation.value not in ("current", "superseded") or operation.op == "remove":
            raise InvalidRequest(field="status")
        if operation.op == "test":
            self.expected_status = DocumentStatus(operation.value)
        else:
            self.status = operation.value

    def _add_flag(self, operation: Operation, url: str) -> None:
        value = operation.value.get("valueBoolean") if isinstance(operation.value, dict) else operation.value
        if operation.op == "remove":
            value = False
        if not isinstance(value, bool) or (isinstance(operation.value, dict) and operation.value.get("url") != url):
            raise InvalidRequest(field="extension")
        if operation.op != "test":
            self.flags[url] = value
        elif url == IS_ARCHIVED:
            self.expected_archived = value
        elif value:
            raise ExpectationFailed(field="isDeleted")

    def _add_extensions(self, operation: Operation) -> None:
        sent = operation.value if isinstance(operation.value, list) else [operation.value]
        for extension in sent:
            url = extension.get("url") if isinstance(extension, dict) else None
            if url not in _FLAGS:
                raise ElementNotChangeable(field="extension")
            self._add_flag(Operation("add", operation.path, extension), url)

    def _add_labels(self, operation: Operation) -> None:
        if operation.op == "test":
            raise InvalidRequest(field="securityLabel")
        sent = operation.value if isinstance(operation.value, list) else [operation.value]
        self.labels = () if operation.op == "remove" else tuple(code for label in sent for code in _codes_of(label))

    def _add_label(self, operation: Operation, index: str) -> None:
        if operation.op == "test" or (index == "-" and operation.op != "add"):
            raise InvalidRequest(field="securityLabel")
        if operation.op in {"remove", "replace"}:
            self.dropped.append(int(index))
        if operation.op in {"add", "replace"}:
            self.added += _codes_of(operation.value)


def parse_json_patch(body: bytes) -> Sequence[Operation]:
    """Parse a JSON Patch; raises InvalidRequest."""
    try:
        operations = _decode(body)
    except (msgspec.MsgspecError, RecursionError):
        raise InvalidRequest(field="body") from None
    return _check_count(operations)


def parse_fhirpath_patch(parameters: Mapping[str, Any]) -> Sequence[Operation]:
    """Parse a FHIRPath Patch into the operations of the equivalent JSON Patch.

    Raises:
        InvalidRequest, ElementNotChangeable.
    """
    parts = [part.get("part", []) for part in parameters.get("parameter", []) if part["name"] == "operation"]
    operations = [_operation(each) for each in parts]
    return _check_count(operations)


def _check_count(operations: list[Operation]) -> list[Operation]:
    if not 1 <= len(operations) <= _MAX_OPERATIONS:
        raise InvalidRequest(field="body")
    return operations


def _operation(parts: Sequence[Mapping[str, Any]]) -> Operation:
    values = {part["name"]: _value_in(part) for part in parts}
    path = str(values.get("path", ""))
    flag = _FLAG_BY_URL.fullmatch(path)
    if flag is not None and flag[1] in _FLAGS:
        return Operation("replace", f"/extension/{_FLAGS.index(flag[1])}/valueBoolean", values.get("value"))
    if path.removeprefix("DocumentReference.") == "status":
        return Operation("replace", "/status", values.get("value"))
    raise ElementNotChangeable(field=_printable(path))


def _value_in(part: Mapping[str, Any]) -> Any:
    return next((value for key, value in part.items() if key.startswith("value")), None)


def change_from(operations: Sequence[Operation], if_match: str) -> ChangeDocument:
    """The change that the operations describe, without its document; `if_match`: value of the header.

    Raises:
        ElementNotChangeable, InvalidRequest. HeaderContradicts: isDeleted without status superseded.
        DocumentTransitionRefused: superseded without isDeleted, which only a newer version can do.
    """
    change = _ChangeBuilder()
    for operation in operations:
        change.add(operation)
    deleted = change.flags.get(IS_DELETED, False)
    if deleted and change.status != "superseded":
        raise HeaderContradicts(field="status")
    if change.status == "superseded" and not deleted:
        raise DocumentTransitionRefused(status=change.status)
    return ChangeDocument(
        labels=None if deleted else change.labels,
        add_labels=() if deleted else tuple(change.added),
        drop_labels=() if deleted else tuple(change.dropped),
        archived=None if deleted else _archived(change),
        deleted=deleted,
        expected=ExpectedState(
            version=_version(if_match), status=change.expected_status, archived=change.expected_archived
        ),
    )


def _archived(change: _ChangeBuilder) -> bool | None:
    """Status `current` alone restores an archived document, as isArchived false does."""
    flag = change.flags.get(IS_ARCHIVED)
    changes_labels = change.labels is not None or change.added or change.dropped
    return False if flag is None and change.status == "current" and not changes_labels else flag


def _version(if_match: str) -> int | None:
    if not if_match or if_match == "*":
        return None
    found = _VERSION.fullmatch(if_match.strip())
    if found is None:
        raise InvalidRequest(field="If-Match")
    return int(found[1])


def _codes_of(label: Any) -> tuple[str, ...]:
    """Every code of a label, which may have several codings; raises InvalidRequest for one without any."""
    try:
        codes = (
            (label,)
            if isinstance(label, str)
            else tuple(each.code for each in msgspec.convert(label, _Concept).coding)
        )
    except msgspec.ValidationError:
        raise InvalidRequest(field="securityLabel") from None
    if not codes or not all(codes):
        raise InvalidRequest(field="securityLabel")
    return codes


def _printable(path: str) -> str:
    return path[:64] if re.fullmatch(r"[\w/.-]+", path[:64]) else "?"
