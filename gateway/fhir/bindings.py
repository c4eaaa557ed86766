"""Codes of required bindings (FHIR R4): the validator of resources does not know them."""

from collections.abc import Mapping
from typing import Any

from contracts.errors.request import InvalidRequest

_OF_TYPE: Mapping[str, Mapping[str, frozenset[str]]] = {
    "DocumentReference": {
        "status": frozenset({"current", "superseded", "entered-in-error"}),
        "docStatus": frozenset({"preliminary", "final", "amended", "entered-in-error"}),
    },
    "List": {
        "status": frozenset({"current", "retired", "entered-in-error"}),
        "mode": frozenset({"working", "snapshot", "changes"}),
    },
    "Patient": {"gender": frozenset({"male", "female", "other", "unknown"})},
    "Practitioner": {"gender": frozenset({"male", "female", "other", "unknown"})},
    "RelatedPerson": {"gender": frozenset({"male", "female", "other", "unknown"})},
}
_OF_ELEMENT: Mapping[str, Mapping[str, frozenset[str]]] = {
    "relatesTo": {"code": frozenset({"replaces", "transforms", "signs", "appends"})},
    "text": {"status": frozenset({"generated", "extensions", "additional", "empty"})},
    "identifier": {"use": frozenset({"usual", "official", "temp", "secondary", "old"})},
    "masterIdentifier": {"use": frozenset({"usual", "official", "temp", "secondary", "old"})},
    "name": {"use": frozenset({"usual", "official", "temp", "nickname", "anonymous", "old", "maiden"})},
    "telecom": {
        "system": frozenset({"phone", "fax", "email", "pager", "url", "sms", "other"}),
        "use": frozenset({"home", "work", "temp", "old", "mobile"}),
    },
    "address": {
        "use": frozenset({"home", "work", "temp", "old", "billing"}),
        "type": frozenset({"postal", "physical", "both"}),
    },
}
_NOT_UNDERSTOOD = ("modifierExtension", "implicitRules")
"""They may turn round what a resource says: what does not understand them must refuse it (R4, extensibility.html)."""


def check_codes(value: Any, path: str = "") -> None:
    """Every code of a required binding is one of its value set; nothing changes the meaning of the rest.

    Raises:
        InvalidRequest: naming the element.
    """
    if isinstance(value, list):
        for item in value:
            check_codes(item, path)
        return
    if not isinstance(value, dict):
        return
    kind = value.get("resourceType")
    here = kind if isinstance(kind, str) and kind.isalnum() else path
    for name in _NOT_UNDERSTOOD:
        if name in value:
            raise InvalidRequest(field=f"{here}.{name}".lstrip("."))
    bound = _OF_TYPE.get(here, {}) if kind else _OF_ELEMENT.get(path.rpartition(".")[2], {})
    for name, codes in bound.items():
        if name in value and value[name] not in codes:
            raise InvalidRequest(field=f"{here}.{name}")
    for name, member in value.items():
        check_codes(member, f"{here}.{name}" if here else name)
