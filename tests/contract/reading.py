"""Whether a JSON value is readable by the schema of another release; its reader ignores fields it does not know."""

from collections.abc import Iterator
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}


def unreadable(value: Any, schema: dict[str, Any], schemas: dict[str, Any], where: str = "") -> list[str]:
    """Places in a value that the schema does not admit; `schemas`: message name -> schema, for references."""
    return list(_problems(value, schema, schemas, where))


def _problems(value: Any, schema: dict[str, Any], schemas: dict[str, Any], where: str) -> Iterator[str]:
    if "$ref" in schema:
        yield from _problems(value, schemas[schema["$ref"].rpartition("/")[2]], schemas, where)
    elif "anyOf" in schema:
        if all(unreadable(value, choice, schemas) for choice in schema["anyOf"]):
            yield f"{where}: none of the alternatives"
    elif "enum" in schema or "const" in schema:
        if value not in schema.get("enum", [schema.get("const")]):
            yield f"{where}: value {value!r}"
    elif "type" in schema and not _is_of_type(value, schema["type"]):
        yield f"{where}: no {schema['type']}"
    elif isinstance(value, dict):
        yield from _problems_of_object(value, schema, schemas, where)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            items = schema.get("prefixItems", ())
            inner = items[index] if index < len(items) else schema.get("items", {})
            yield from _problems(item, inner or {}, schemas, f"{where}[{index}]")


def _problems_of_object(
    value: dict[str, Any], schema: dict[str, Any], schemas: dict[str, Any], where: str
) -> Iterator[str]:
    for field in schema.get("required", ()):
        if field not in value:
            yield f"{where}.{field}: missing"
    others = schema.get("additionalProperties")
    for field, inner in value.items():
        known = schema.get("properties", {}).get(field, others if isinstance(others, dict) else {})
        yield from _problems(inner, known, schemas, f"{where}.{field}")


def _is_of_type(value: Any, name: str) -> bool:
    is_number_as_bool = isinstance(value, bool) and name in {"integer", "number"}
    return isinstance(value, _TYPES[name]) and not is_number_as_bool
