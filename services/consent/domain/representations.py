"""Requests about legal representatives: which are valid, and when they take effect."""

from datetime import date, datetime, timedelta

import msgspec

from contracts.consent.representations import (
    AboutRepresentative,
    EvidenceKind,
    NameRepresentative,
    RepresentationKind,
)
from contracts.envelope import Actor
from contracts.errors.execution import RepresentationRequestsFull
from contracts.errors.request import InvalidRequest, RoleForbidden, SecondAgentNeeded
from contracts.vocabulary import PatientId, RecordStatus

MOST_WAITING = 3
"""Waiting requests of one organisation about one record."""

NAMING_EVIDENCE: dict[RepresentationKind, frozenset[EvidenceKind]] = {
    RepresentationKind.MINEUR: frozenset(
        {EvidenceKind.LIVRET_DE_FAMILLE, EvidenceKind.ACTE_DE_NAISSANCE, EvidenceKind.JUGEMENT}
    ),
    RepresentationKind.MAJEUR_PROTEGE: frozenset(
        {EvidenceKind.JUGEMENT, EvidenceKind.HABILITATION_FAMILIALE, EvidenceKind.MANDAT_DE_PROTECTION_FUTURE}
    ),
}
"""What a representation is founded on: filiation or a judgment for a minor, a court or a mandate for an adult."""

ENDING_EVIDENCE = frozenset(EvidenceKind)
"""What ends a representation: also the document that it was wrongly founded on."""

_SHORTEST, _LONGEST, _LEAST_CHARACTERS = 4, 200, 3
_OLDEST = date(1900, 1, 1)


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A document that an agent saw: its kind, its date, its reference."""

    kind: EvidenceKind
    on: date
    reference: str


class RepresentationTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What is requested: to name `representative`, or, `ends`, to end their representation.

    `kind`, `until`: of a naming, as in Representation.
    """

    patient_id: PatientId
    representative: PatientId
    ends: bool
    evidence: Evidence
    kind: RepresentationKind | None = None
    until: datetime | None = None


def organisation_of(actor: Actor) -> str:
    """The client id of an agent's organisation, the part of the subject before the colon.

    Raises:
        RoleForbidden: no agent, or one whom no organisation vouches for.
    """
    if not actor.organisation:
        raise RoleForbidden
    return actor.organisation


def checked_evidence(
    request: NameRepresentative | AboutRepresentative, accepted: frozenset[EvidenceKind], today: date
) -> Evidence:
    """The evidence of a request, its reference without blanks around it.

    Raises:
        InvalidRequest: naming the field: missing; of a kind not accepted; dated in the future, or before 1900; a
            reference that is too short, too long, or without three letters or digits.
    """
    if request.evidence_kind is None or request.evidence_kind not in accepted:
        raise InvalidRequest(field="evidence_kind")
    if request.evidence_on is None or not _OLDEST <= request.evidence_on <= today:
        raise InvalidRequest(field="evidence_on")
    reference = request.evidence.strip()
    check_reference(reference)
    return Evidence(kind=request.evidence_kind, on=request.evidence_on, reference=reference)


def check_reference(reference: str) -> None:
    """Raises InvalidRequest unless it may be a document's reference, without blanks around it."""
    is_readable = sum(map(str.isalnum, reference)) >= _LEAST_CHARACTERS
    if reference != reference.strip() or not _SHORTEST <= len(reference) <= _LONGEST or not is_readable:
        raise InvalidRequest(field="evidence")


def check_number_waiting(waiting: int) -> None:
    """An organisation has few requests about a record at a time.

    Raises:
        RepresentationRequestsFull.
    """
    if waiting >= MOST_WAITING:
        raise RepresentationRequestsFull(most=str(MOST_WAITING))


def check_second_agent(first: str, second: str) -> None:
    """An agent does not confirm their own request; both arguments are subjects of agents of one organisation.

    Raises:
        SecondAgentNeeded.
    """
    if first == second:
        raise SecondAgentNeeded


def effect_time(now: datetime, delay: timedelta, *, was_contested: bool, can_be_contested: bool) -> datetime | None:
    """When a request takes effect without a second agent; None: never.

    Args:
        was_contested: it, or an earlier one about the same.
        can_be_contested: somebody who may contest it has an address at which they are notified.
    """
    return now + delay if can_be_contested and not was_contested else None


def can_take_effect(
    terms: RepresentationTerms, status: RecordStatus | None, now: datetime, *, is_vouched_for: bool
) -> bool:
    """Whether the record is active, and the holder of a minor's representation not of age meanwhile.

    `is_vouched_for`: the organisation that requested it is still in service.
    """
    return status is RecordStatus.ACTIVE and is_vouched_for and (terms.until is None or now < terms.until)
