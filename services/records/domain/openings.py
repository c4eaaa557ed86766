"""Who may open a record, and when opening it again is allowed."""

from contracts.envelope import Actor
from contracts.errors.execution import RecordAlreadyOpen, RecordTransitionRefused
from contracts.errors.request import ConsentNotCollected, SoftwareRefused
from contracts.vocabulary import RecordStatus, Role, SoftwareProfile
from services.records.domain.stored import Opening, StoredRecord


def check_consent_collected(collected: bool) -> None:
    """Raises ConsentNotCollected: a record is opened only with the patient's consent."""
    if not collected:
        raise ConsentNotCollected


def check_may_open(actor: Actor) -> None:
    """Software needs the profile création/gestion to open a record; an agent does not.

    Raises:
        SoftwareRefused.
    """
    if actor.role is Role.PROFESSIONAL and actor.profile is not SoftwareProfile.GESTION:
        raise SoftwareRefused


def check_same_opening(record: StoredRecord, opening: Opening) -> None:
    """Opening a record again is idempotent for its opener; for anybody else it is a conflict.

    Raises:
        RecordAlreadyOpen. RecordTransitionRefused: it is closed or suspended; opening does not reopen it.
    """
    if record.status is not RecordStatus.ACTIVE:
        raise RecordTransitionRefused(status=record.status.value)
    if (record.opening.opener, record.opening.structure) != (opening.opener, opening.structure):
        raise RecordAlreadyOpen
