"""From the recordTarget of a CDA header to the traits it states of the patient."""

import re
from collections.abc import Iterable, Iterator

from contracts.traits import ClaimedTraits
from services.documents.cda_errors import MalformedCdaError
from services.documents.hl7 import Element, attribute, path, text

MAX_NAME_PARTS = 50
"""Of all the names of a patient; each has at most 500 characters."""

_PATIENT = path("patientRole/patient")
_NAME = path("name")
_FAMILY, _GIVEN = path("family/given")
_BIRTH_TIME = path("birthTime")
_SEX = path("administrativeGenderCode")
_BIRTH = "BR"
_SEXES = frozenset("FM")
_DATE = re.compile(r"(?!0000)(\d{4})(?:(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?)?", re.ASCII)
"""Months and days that are none, such as 00 in dates of which they are not known, are left out."""


def traits_of(target: Element) -> ClaimedTraits:
    """The traits that a recordTarget states.

    Raises:
        MalformedCdaError: more than one patient, birth time or sex, or too many parts of names.
    """
    patient = _at_most_one(target, _PATIENT)
    if patient is None:
        return ClaimedTraits()
    names = list(patient.all(*_NAME))
    if sum(len(name.children) for name in names) > MAX_NAME_PARTS:
        raise MalformedCdaError("name")
    sex = attribute(_at_most_one(patient, _SEX), "code") or ""
    return ClaimedTraits(
        # A double name may be written as two parts.
        birth_names=_distinct(" ".join(dict.fromkeys(_parts(name, _FAMILY, _BIRTH))) for name in names),
        family_names=_distinct(part for name in names for part in _parts(name, _FAMILY)),
        birth_given_names=_distinct(part for name in names for part in _parts(name, _GIVEN, _BIRTH)),
        given_names=_distinct(part for name in names for part in _parts(name, _GIVEN)),
        birth_date=_birth_date(attribute(_at_most_one(patient, _BIRTH_TIME), "value")),
        sex=sex if sex in _SEXES else "",
    )


def _at_most_one(parent: Element, steps: tuple[str, ...]) -> Element | None:
    found = list(parent.all(*steps))
    if len(found) > 1:
        raise MalformedCdaError(found[0].name)
    return found[0] if found else None


def _parts(name: Element, tag: str, qualifier: str = "") -> Iterator[str]:
    """The parts of a name that have this qualifier; without one, those that have none."""
    for part in name.all(tag):
        qualifiers = (attribute(part, "qualifier") or "").split()
        value = text(part)
        if value and (qualifier in qualifiers if qualifier else not qualifiers):
            yield value


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _birth_date(value: str | None) -> str:
    match = _DATE.match(value or "")
    return "-".join(part for part in match.groups() if part) if match else ""
