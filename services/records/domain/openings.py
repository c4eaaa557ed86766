"""Who may open a record, with which consent, and when opening it again is allowed."""

from collections.abc import Collection

from contracts.envelope import Actor
from contracts.errors.execution import RecordAlreadyOpen, RecordTransitionRefused
from contracts.errors.request import ConsentNotCollected, InvalidRequest, ProfessionMayNotOpen, SoftwareRefused
from contracts.records.consent_texts import OPENING_TEXTS
from contracts.vocabulary import OpeningChannel, RecordStatus, Role, SoftwareProfile
from services.records.domain.stored import Opening, StoredRecord


def check_consent_collected(collected: bool) -> None:
    """Raises ConsentNotCollected: a record is opened only with the patient's consent."""
    if not collected:
        raise ConsentNotCollected


def check_consent_text(version: str) -> None:
    """The text that the patient was shown is one of the published ones, or not stated.

    Raises:
        InvalidRequest.
    """
    if version and version not in OPENING_TEXTS:
        raise InvalidRequest(field="consent_text")


def check_may_open(actor: Actor, professions: Collection[str]) -> None:
    """Professionals open records if their profession is one of these and their software is of profile gestion.

    Agents, among them the staff of hospitals, need neither.

    Raises:
        SoftwareRefused. ProfessionMayNotOpen.
    """
    if actor.role is not Role.PROFESSIONAL:
        return
    if actor.profile is not SoftwareProfile.GESTION:
        raise SoftwareRefused
    if actor.profession not in professions:
        raise ProfessionMayNotOpen(permitted=", ".join(sorted(professions)))


def channel_of(actor: Actor) -> OpeningChannel:
    """By which way an actor opens records."""
    return OpeningChannel.PROFESSIONNEL if actor.role is Role.PROFESSIONAL else OpeningChannel.AGENT


def department_of(structure: str | None) -> str | None:
    """The department of a structure, as INSEE numbers them, by the first characters of its FINESS number.

    Overseas, FINESS numbers begin with 970 and the third digit of the department, those of Mayotte with 98.
    """
    if not structure:
        return None
    if structure.startswith("98"):
        return "976"
    return f"97{structure[3]}" if structure.startswith("970") else structure[:2]


def check_same_opening(record: StoredRecord, opening: Opening) -> None:
    """Opening a record again is idempotent for its opener; for anybody else it is a conflict.

    Raises:
        RecordAlreadyOpen. RecordTransitionRefused: it is closed or suspended; opening does not reopen it.
    """
    if record.status is not RecordStatus.ACTIVE:
        raise RecordTransitionRefused(status=record.status.value)
    if (record.opening.opener, record.opening.structure) != (opening.opener, opening.structure):
        raise RecordAlreadyOpen
