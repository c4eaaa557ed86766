"""How long a patient's decisions last, and which numbers of professionals and structures are valid."""

import re
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from stdnum import luhn

from contracts.ages import anniversary
from contracts.consent.authorisations import AuthorisationStatus
from contracts.consent.representations import RepresentationKind
from contracts.errors.request import InvalidRequest
from contracts.vocabulary import Finess, Rpps
from services.consent.domain.facts import Fact, FactKind, FactsInForce

_RENEWED_AT_MOST = timedelta(days=1)
"""Use prolongs an authorisation at most once a day, so that not every read writes."""
_FINESS = re.compile(r"[0-9][0-9AB][0-9]{7}")


def check_rpps(rpps: Rpps) -> None:
    """A professional's number has 11 digits with a valid Luhn key.

    Raises:
        InvalidRequest.
    """
    if len(rpps) != 11 or not rpps.isascii() or not luhn.is_valid(rpps):
        raise InvalidRequest(field="rpps")


def check_structure(structure: Finess) -> None:
    """A structure's number has nine digits; the second may be A or B (Corsica).

    Raises:
        InvalidRequest.
    """
    if not _FINESS.fullmatch(structure):
        raise InvalidRequest(field="structure")


def check_until(until: datetime | None, now: datetime) -> None:
    """An end set by a patient is in the future.

    Raises:
        InvalidRequest.
    """
    if until is not None and (until.tzinfo is None or until <= now):
        raise InvalidRequest(field="until")


def permission(
    kind: FactKind, party: str, until: datetime | None, *, now: datetime, usual: timedelta, secret: bool = False
) -> Fact:
    """An authorisation until the end the patient set, or for the usual time and then renewed by use."""
    return Fact(kind=kind, party=party, until=until or now + usual, renews=until is None, secret=secret)


def renewed(fact: Fact, *, now: datetime, usual: timedelta) -> Fact | None:
    """The fact prolonged by use; None when it is not renewed by use, has ended, or was prolonged within a day."""
    if not fact.renews or fact.until is None or not now < fact.until < now + usual - _RENEWED_AT_MOST:
        return None
    return msgspec.structs.replace(fact, until=now + usual)


def status_of(facts: FactsInForce, rpps: str, *, was_given: bool, secret: bool = False) -> AuthorisationStatus:
    """A professional's status with regard to a record (TD0.2).

    Args:
        was_given: whether an authorisation was stored, be it in force or not.
        secret: in a minor's secret connection.
    """
    if facts.has(FactKind.BLOCAGE, rpps):
        return AuthorisationStatus.FORBIDDEN
    if facts.has(FactKind.AUTORISATION, rpps, secret=secret):
        return AuthorisationStatus.VALID
    return AuthorisationStatus.EXPIRED if was_given else AuthorisationStatus.NONE


def end_of_representation(kind: RepresentationKind, born: date | None, age: int, now: datetime) -> datetime | None:
    """The time at which a representation ends by itself: a minor's when they come of age, an adult's never.

    Args:
        age: of majority, in years.

    Raises:
        InvalidRequest: the birth date is unknown, or the holder is not a minor, or not of age, as the kind says.
    """
    if born is None:
        raise InvalidRequest(field="patient_id")
    majority = datetime.combine(anniversary(born, age), time(), UTC)
    is_of_minor = kind is RepresentationKind.MINEUR
    if is_of_minor is not (now < majority):
        raise InvalidRequest(field="kind")
    return majority if is_of_minor else None
