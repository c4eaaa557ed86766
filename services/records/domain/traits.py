"""Whether stated traits are those of the record's holder: what contradicts them, and what is not claimed."""

from collections.abc import Callable, Iterable
from datetime import date
from enum import Enum

import msgspec

from contracts.identity.people import Traits
from contracts.traits import ClaimedTraits, fold_name

_CUT = 20
"""Letters from which a name that begins another counts as cut: the carte Vitale keeps 27 characters of a name."""
_MOST_WORDS = 20
"""Given names that are compared."""
_YEAR_ONLY = ("-01-01", "-12-31")
"""Days written for a birth of which only the year is known."""
_SEXES = {"F", "M"}


class HolderTraits(msgspec.Struct, frozen=True, kw_only=True):
    """The traits of a record's holder, names in the form in which they are compared."""

    birth_name: str
    given_names: str
    birth_date: date
    sex: str


class Trait(Enum):
    """A trait that is compared, in the order in which contradictions are named."""

    BIRTH_DATE = "birth_date"
    BIRTH_NAME = "birth_name"
    GIVEN_NAMES = "given_names"
    SEX = "sex"


HEADER_FIELDS = {
    Trait.BIRTH_DATE: "recordTarget/patientRole/patient/birthTime",
    Trait.BIRTH_NAME: "recordTarget/patientRole/patient/name/family",
    Trait.GIVEN_NAMES: "recordTarget/patientRole/patient/name/given",
    Trait.SEX: "recordTarget/patientRole/patient/administrativeGenderCode",
}
"""The elements of a CDA header."""


def _fields_of(patient: str) -> dict[Trait, str]:
    return {
        Trait.BIRTH_DATE: f"{patient}.birthDate",
        Trait.BIRTH_NAME: f"{patient}.name.family",
        Trait.GIVEN_NAMES: f"{patient}.name.given",
        Trait.SEX: f"{patient}.gender",
    }


CLAIMED_FIELDS = _fields_of("context.sourcePatientInfo")
"""The elements of a FHIR Patient that a DocumentReference refers to."""

SET_FIELDS = _fields_of("List.extension")
"""The elements of a FHIR Patient that the List of a submission set refers to."""


def holder_traits(traits: Traits) -> HolderTraits:
    """The traits that a card states, in the form in which they are compared and stored."""
    return HolderTraits(
        birth_name=fold_name(traits.family_name),
        given_names=fold_name(traits.given_names),
        birth_date=traits.birth_date,
        sex=traits.sex,
    )


def contradicted(claimed: ClaimedTraits, holder: HolderTraits) -> tuple[Trait, ...]:
    """The traits of which another person's are stated; what is not stated contradicts nothing."""
    return tuple(trait for trait, differs in _RULES.items() if differs(claimed, holder))


def missing(claimed: ClaimedTraits, holder: HolderTraits | None) -> tuple[Trait, ...]:
    """Those of birth date and birth name that are not claimed.

    A name of which is not said whether it is the birth name counts as such if it is the holder's.
    """
    known = "" if holder is None else _joined(holder.birth_name)
    is_named = any(map(_joined, claimed.birth_names)) or (known and known in map(_joined, claimed.family_names))
    return (() if claimed.birth_date else (Trait.BIRTH_DATE,)) + (() if is_named else (Trait.BIRTH_NAME,))


def _birth_dates_differ(claimed: ClaimedTraits, holder: HolderTraits) -> bool:
    known = holder.birth_date.isoformat()
    if known.startswith(claimed.birth_date):
        return False
    is_year_only = all(day.endswith(_YEAR_ONLY) for day in (known, claimed.birth_date))
    return not (is_year_only and known[:4] == claimed.birth_date[:4])


def _birth_names_differ(claimed: ClaimedTraits, holder: HolderTraits) -> bool:
    known = _joined(holder.birth_name)
    names = [name for name in map(_joined, claimed.birth_names) if name]
    return bool(known) and any(name != known and not _is_cut(name, known) for name in names)


def _is_cut(first: str, second: str) -> bool:
    shorter, longer = sorted((first, second), key=len)
    return len(shorter) >= _CUT and longer.startswith(shorter)


def _given_names_differ(claimed: ClaimedTraits, holder: HolderTraits) -> bool:
    """One of the holder's is enough: documents state the first, all of them, or some.

    Only where the given names of birth are stated as such: those in use may be any.
    """
    if not any(map(fold_name, claimed.birth_given_names)):
        return False
    named = _words((*claimed.birth_given_names, *claimed.given_names))
    known = _words((holder.given_names,))
    return bool(known) and not (_compounds(named) & _compounds(known) or _share_initial(named, known))


def _share_initial(named: list[str], known: list[str]) -> bool:
    """Whether a given name is written as its first letter."""
    return any(
        min(len(claimed), len(holders)) == 1 and claimed[0] == holders[0] for claimed in named for holders in known
    )


def _sexes_differ(claimed: ClaimedTraits, holder: HolderTraits) -> bool:
    return {claimed.sex, holder.sex} == _SEXES


_RULES: dict[Trait, Callable[[ClaimedTraits, HolderTraits], bool]] = {
    Trait.BIRTH_DATE: _birth_dates_differ,
    Trait.BIRTH_NAME: _birth_names_differ,
    Trait.GIVEN_NAMES: _given_names_differ,
    Trait.SEX: _sexes_differ,
}


def _joined(name: str) -> str:
    """Without spaces: `de la Tour` is `Delatour`."""
    return fold_name(name).replace(" ", "")


def _words(names: Iterable[str]) -> list[str]:
    return [word for name in names for word in fold_name(name).split()][:_MOST_WORDS]


def _compounds(words: list[str]) -> set[str]:
    """Each word, and those that follow one another as one: `Marie Louise` is `Marielouise`."""
    places = range(len(words))
    return {"".join(words[start : end + 1]) for start in places for end in places if end >= start}
