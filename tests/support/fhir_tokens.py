"""Tokens in FHIR answers, and what each form of a token finds (FHIR R4, search.html#token)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

URI = "urn:ietf:rfc:3986"
_CONTEXT = {"facility": "facilityType", "setting": "practiceSetting"}


class AnsweredToken(NamedTuple):
    """What one search parameter finds in a resource; `system` is empty where there is none."""

    parameter: str
    system: str
    code: str


def tokens_of(answered: Mapping[str, Any]) -> list[AnsweredToken]:
    """Everything in a DocumentReference or a List that a token finds."""
    read = _of_document if answered["resourceType"] == "DocumentReference" else _of_list
    return list(read(answered))


def _of_document(reference: Mapping[str, Any]) -> Iterator[AnsweredToken]:
    context = reference.get("context", {})
    yield from _concept("type", reference["type"])
    for name in ("category", "securityLabel"):
        for concept in reference[name]:
            yield from _concept("security-label" if name == "securityLabel" else name, concept)
    for event in context.get("event", []):
        yield from _concept("event", event)
    for name, element in _CONTEXT.items():
        yield from _concept(name, context.get(element, {}))
    for content in reference["content"]:
        yield from _concept("format", {"coding": [content["format"]]})
    people = (part for part in reference["contained"] if part["id"] == "author-1-person")
    for person in people:
        yield from _identifiers("author.identifier", person.get("identifier", []))
    yield from _identifiers("identifier", [reference["masterIdentifier"], *reference["identifier"]])


def _of_list(submission_set: Mapping[str, Any]) -> Iterator[AnsweredToken]:
    yield from _concept("code", submission_set["code"])
    yield from _identifiers("identifier", submission_set["identifier"])
    for extension in submission_set.get("extension", []):
        yield from _concept("designationType", extension.get("valueCodeableConcept", {}))
        if "valueIdentifier" in extension:
            yield from _identifiers("sourceId", [extension["valueIdentifier"]])


def _concept(parameter: str, concept: Mapping[str, Any]) -> Iterator[AnsweredToken]:
    for coding in concept.get("coding", []):
        yield AnsweredToken(parameter, coding.get("system", ""), coding["code"])


def _identifiers(parameter: str, identifiers: Iterable[Mapping[str, Any]]) -> Iterator[AnsweredToken]:
    for identifier in identifiers:
        yield AnsweredToken(parameter, identifier["system"], identifier["value"])


def forms_of(token: AnsweredToken) -> Iterator[str]:
    """All forms in which it is searched, and two that do not find it."""
    yield f"{token.system}|{token.code}"
    yield token.code
    if token.system:
        yield f"{token.system}|"
        yield f"|{token.code}"
    yield f"urn:oid:1.2.3|{token.code}"


def finds(form: str, token: AnsweredToken) -> bool:
    """Whether a value of its parameter finds the token."""
    system, bar, code = form.rpartition("|")
    return code in ("", token.code) and (not bar or system == token.system)
