"""Which elements of a deposited resource are kept; those that are not are warned of, or refused if asked to be."""

from collections.abc import Iterator, Mapping
from typing import Any

Kept = Mapping[str, "Kept | None"]
"""Elements that are kept; None: with all that they hold."""

_CONCEPT: Kept = {"coding": None, "text": None}
_REFERENCE: Kept = {"reference": None, "identifier": None, "type": None, "display": None}
_ALWAYS: Kept = {"resourceType": None, "id": None, "meta": {"profile": None}, "contained": None}
DOCUMENT: Kept = {
    **_ALWAYS,
    "status": None,
    "docStatus": None,
    "masterIdentifier": None,
    "type": _CONCEPT,
    "category": _CONCEPT,
    "subject": _REFERENCE,
    "author": _REFERENCE,
    "authenticator": _REFERENCE,
    "custodian": _REFERENCE,
    "relatesTo": {"code": None, "target": _REFERENCE},
    "description": None,
    "securityLabel": _CONCEPT,
    "content": {
        "attachment": {
            **dict.fromkeys(("contentType", "language", "data", "url", "size", "hash", "title", "creation"))
        },
        "format": None,
    },
    "context": {
        "event": _CONCEPT,
        "period": {"start": None, "end": None},
        "facilityType": _CONCEPT,
        "practiceSetting": _CONCEPT,
        "sourcePatientInfo": _REFERENCE,
    },
}
LIST: Kept = {
    **_ALWAYS,
    **dict.fromkeys(("status", "mode", "title", "code", "subject", "date", "source", "note", "extension")),
    "identifier": None,
    "entry": {"item": _REFERENCE},
}
_SINGLE_CONCEPTS = ("type", "category", "facilityType", "practiceSetting", "event")


def elements_left_out(incoming: Mapping[str, Any]) -> tuple[str, ...]:
    """Paths of what a DocumentReference or List states and the record does not keep, each once."""
    kind = incoming.get("resourceType")
    if kind == "List":
        paths = (*_left_out(incoming, LIST), *(("date",) if "T" not in incoming.get("date", "T") else ()))
        return tuple(f"List.{path}" for path in dict.fromkeys(paths))
    return tuple(dict.fromkeys((*_left_out(incoming, DOCUMENT), *_surplus(incoming))))


def _left_out(value: Mapping[str, Any], kept: Kept, path: str = "") -> Iterator[str]:
    for name, member in value.items():
        # An element's own id, and the extensions of a primitive, say nothing of the document.
        if name.startswith("_") or (path and name == "id"):
            continue
        here = f"{path}{name}"
        if name not in kept:
            yield here
            continue
        inner = kept[name]
        if inner is not None:
            for item in member if isinstance(member, list) else [member]:
                yield from _left_out(item, inner, f"{here}.")


def _surplus(incoming: Mapping[str, Any]) -> Iterator[str]:
    """What is kept once and was stated several times, or in words only."""
    if len(incoming.get("category", [])) > 1:
        yield "category"
    if any(link.get("code") != "replaces" for link in incoming.get("relatesTo", [])):
        yield "relatesTo"
    if incoming.get("docStatus", "final") != "final":
        yield "docStatus"
    holders = (("", incoming), ("context.", incoming.get("context", {})))
    for prefix, holder in holders:
        for name in _SINGLE_CONCEPTS:
            concepts = holder.get(name, [])
            for concept in concepts if isinstance(concepts, list) else [concepts]:
                if len(concept.get("coding", [])) != 1:
                    yield f"{prefix}{name}.coding"
