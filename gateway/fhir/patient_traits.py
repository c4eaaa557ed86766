"""Parsing of the identity traits of a Patient that a deposit refers to."""

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.errors.request import InvalidRequest
from contracts.traits import ClaimedTraits

_BIRTH_USES = frozenset({"official", "maiden"})
"""FR Core: the official name is the birth name, the usual one the used name."""
_BIRTH_GIVEN_NAMES = "birth-list-given-name"
"""End of the addresses that the extension with all given names of birth has in the versions of FR Core."""
_SEXES = {"female": "F", "male": "M"}
_MOST_PARTS = 50
_LONGEST = 500


def traits_of(patient: Mapping[str, Any], field: str) -> ClaimedTraits:
    """The traits that a Patient states; none of an empty one.

    Raises:
        InvalidRequest: naming `field`: more names, or longer ones, than a person has.
    """
    names = patient.get("name", [])
    birth = [name for name in names if name.get("use") in _BIRTH_USES]
    other = [name for name in names if "use" not in name]
    claimed = ClaimedTraits(
        birth_names=_families(birth),
        family_names=_families(other),
        birth_given_names=_givens(birth),
        given_names=_givens(other),
        birth_date=patient.get("birthDate", ""),
        sex=_SEXES.get(patient.get("gender", ""), ""),
    )
    parts = (*claimed.birth_names, *claimed.family_names, *claimed.birth_given_names, *claimed.given_names)
    if len(parts) > _MOST_PARTS or any(len(part) > _LONGEST for part in parts):
        raise InvalidRequest(field=field)
    return claimed


def _families(names: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(name["family"] for name in names if "family" in name)


def _givens(names: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(given for name in names for given in (*name.get("given", []), *_birth_given_names(name)) if given)


def _birth_given_names(name: Mapping[str, Any]) -> Iterable[str]:
    for extension in name.get("extension", []):
        if str(extension.get("url", "")).endswith(_BIRTH_GIVEN_NAMES) and "valueString" in extension:
            yield extension["valueString"]
