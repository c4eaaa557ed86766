"""Samples of every message: one with all its fields, one with only those that are required."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
from msgspec import inspect

from tests.contract.schemas import messages

_SCALARS: dict[type[inspect.Type], Any] = {
    inspect.AnyType: {"any": [1, "x"]},
    inspect.BoolType: True,
    inspect.DateType: date(2026, 11, 24).isoformat(),
    inspect.DateTimeType: "2026-11-24T20:00:00Z",
    inspect.FloatType: 1.5,
    inspect.IntType: 7,
    inspect.NoneType: None,
    inspect.RawType: {"raw": True},
    inspect.StrType: "text",
    inspect.UUIDType: "00000000-0000-4000-8000-000000000007",
}


def current() -> dict[str, dict[str, Any]]:
    """Message name -> its samples, as JSON values: `full` and `least`."""
    found = {
        message.__name__: {"full": of_type(message, full=True), "least": of_type(message, full=False)}
        for message in messages()
    }
    return dict(sorted(found.items()))


def of_type(kind: Any, *, full: bool) -> Any:
    """A JSON value of a type; a type within itself is left out the second time."""
    return _value(inspect.type_info(kind), full, ())


def _value(kind: inspect.Type, full: bool, within: tuple[type, ...]) -> Any:
    scalar = _SCALARS.get(type(kind), kind)
    if scalar is not kind:
        return scalar
    match kind:
        case inspect.EnumType():
            return next(iter(kind.cls)).value
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.StructType():
            return _struct(kind, full, within)
        case inspect.UnionType():
            # The last member is the richest: `None` comes last only in annotations, and is left out here.
            members = [member for member in kind.types if not isinstance(member, inspect.NoneType)]
            return _value(members[-1], full, within)
        case inspect.TupleType():
            return [_value(item, full, within) for item in kind.item_types]
        case inspect.DictType():
            return {_value(kind.key_type, full, within): _value(kind.value_type, full, within)} if full else {}
        case inspect.CollectionType():
            has_item = full and not _is_within(kind.item_type, within)
            return [_value(kind.item_type, full, within)] if has_item else []
    raise NotImplementedError(kind)


def _struct(kind: inspect.StructType, full: bool, within: tuple[type, ...]) -> dict[str, Any]:
    tag = {} if kind.tag is None else {str(kind.tag_field): kind.tag}
    return tag | dict(_fields(kind, full, (*within, kind.cls)))


def _fields(kind: inspect.StructType, full: bool, within: tuple[type, ...]) -> Iterator[tuple[str, Any]]:
    for field in kind.fields:
        if field.required or (full and not _is_within(field.type, within)):
            yield field.encode_name, _value(field.type, full, within)


def _is_within(kind: inspect.Type, within: tuple[type, ...]) -> bool:
    """Whether a value of this type would contain itself."""
    members = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    return any(isinstance(member, inspect.StructType) and member.cls in within for member in members)


def check_decodes(kind: Any, sample: Any) -> None:
    """Check that today's code reads a sample, and reads again what it writes of it.

    Raises:
        msgspec.ValidationError: it does not.
        AssertionError: it reads another value.
    """
    decoded = msgspec.json.decode(msgspec.json.encode(sample), type=kind)
    assert msgspec.json.decode(msgspec.json.encode(decoded), type=kind) == decoded
