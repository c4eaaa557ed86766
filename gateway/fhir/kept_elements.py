"""Which elements of a deposited resource are kept; those that are not are warned of, or refused if asked to be."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.fhir import systems

Kept = Mapping[str, "Kept | None"]
"""Elements that are kept; None: with all that they hold."""

_CONCEPT: Kept = {"coding": None, "text": None}
_REFERENCE: Kept = {"reference": None, "identifier": None, "type": None, "display": None}
_ALWAYS: Kept = {"resourceType": None, "id": None, "meta": {"profile": None}, "contained": None}
_PERSON: Kept = {
    "resourceType": None,
    "id": None,
    "identifier": None,
    "name": dict.fromkeys(("use", "family", "given", "text")),
}
CONTAINED: Mapping[str, Kept] = {
    "Practitioner": _PERSON,
    "RelatedPerson": _PERSON,
    # Its names are compared with those of the record, with all given names of birth.
    "Patient": {**_PERSON, "name": None, "birthDate": None, "gender": None},
    "PractitionerRole": {
        **dict.fromkeys(("resourceType", "id", "identifier")),
        **dict.fromkeys(("practitioner", "organization"), _REFERENCE),
    },
    "Organization": dict.fromkeys(("resourceType", "id", "identifier", "name")),
    "Device": dict.fromkeys(("resourceType", "id", "identifier", "deviceName")),
}
"""Of the people and organisations that come along."""
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
    **dict.fromkeys(("status", "mode", "title", "code", "subject", "date", "source", "extension")),
    "identifier": None,
    "note": {"text": None},
    "entry": {"item": _REFERENCE},
}
_EXTENSIONS_OF_LIST = frozenset({systems.DESIGNATION_TYPE, systems.SOURCE_ID, systems.SOURCE_PATIENT})
_SINGLE_CONCEPTS = ("type", "category", "facilityType", "practiceSetting", "event")


def elements_left_out(incoming: Mapping[str, Any]) -> tuple[str, ...]:
    """Paths of what a DocumentReference or List states and the record does not keep, each once."""
    kind = incoming.get("resourceType")
    if kind == "List":
        paths = (*_left_out(incoming, LIST), *_surplus_of_list(incoming), *_left_out_of_contained(incoming))
        return tuple(f"List.{path}" for path in dict.fromkeys(paths))
    paths = (*_left_out(incoming, DOCUMENT), *_surplus(incoming), *_left_out_of_contained(incoming))
    return tuple(dict.fromkeys(paths))


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
                codings = concept.get("coding", [])
                if ["code" in coding for coding in codings] != [True]:
                    yield f"{prefix}{name}.coding"
                elif concept.get("text") not in (None, codings[0].get("display")):
                    yield f"{prefix}{name}.text"


def _surplus_of_list(incoming: Mapping[str, Any]) -> Iterator[str]:
    """As `_surplus`; the `official` identifier is the entryUUID, which the record gives itself."""
    if "T" not in incoming.get("date", "T"):
        yield "date"
    if len(incoming.get("note", [])) > 1:
        yield "note"
    if sum(identifier.get("use") != "official" for identifier in incoming.get("identifier", [])) > 1:
        yield "identifier"
    urls = [extension.get("url") for extension in incoming.get("extension", [])]
    if not _EXTENSIONS_OF_LIST.issuperset(urls) or len(set(urls)) < len(urls):
        yield "extension"


def _left_out_of_contained(incoming: Mapping[str, Any]) -> Iterator[str]:
    for part in incoming.get("contained", []):
        kind = part.get("resourceType")
        if kind not in CONTAINED:
            yield "contained"
            continue
        yield from _left_out(part, CONTAINED[kind], "contained.")
        if kind == "Organization" and len(part.get("identifier", [])) > 1:
            yield "contained.identifier"
        if kind in {"Practitioner", "RelatedPerson"} and len(part.get("name", [])) > 1:
            yield "contained.name"
