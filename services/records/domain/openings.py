"""Who may open a record, and what the same opening made again is."""

from contracts.envelope import Actor
from contracts.errors import ConsentNotCollected, RecordAlreadyOpen, RecordTransitionRefused, SoftwareRefused
from contracts.vocabulary import RecordStatus, Role, SoftwareProfile
from services.records.domain.stored import Opening, StoredRecord


def check_consent_collected(collected: bool) -> None:
    """A record is opened only if the patient wants it."""
    if not collected:
        raise ConsentNotCollected


def check_may_open(actor: Actor) -> None:
    """Opening a record from software is for the profile création/gestion; an agent's own page needs none.

    Raises:
        SoftwareRefused.
    """
    if actor.role is Role.PROFESSIONAL and actor.profile is not SoftwareProfile.GESTION:
        raise SoftwareRefused


def check_same_opening(stored_record: StoredRecord, request: Opening) -> None:
    """The same opening twice is the same record; by anybody else it is a conflict.

    Raises:
        RecordAlreadyOpen. RecordTransitionRefused: it was closed or suspended, and opening does not bring it back.
    """
    if stored_record.status is not RecordStatus.ACTIVE:
        raise RecordTransitionRefused(status=stored_record.status.value)
    if (stored_record.opening.opener, stored_record.opening.structure) != (request.opener, request.structure):
        raise RecordAlreadyOpen
