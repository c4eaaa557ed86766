"""Who may open a record, and what the same opening made again is."""

from contracts.envelope import Actor
from contracts.errors import ConsentNotCollected, RecordAlreadyOpen, RecordTransitionRefused, SoftwareRefused
from contracts.vocabulary import RecordStatus, Role, SoftwareProfile
from services.records.domain.filed import OnFile, Opening


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


def check_same_opening(on_file: OnFile, asked: Opening) -> None:
    """The same opening twice is the same record; by anybody else it is a conflict.

    Raises:
        RecordAlreadyOpen. RecordTransitionRefused: it was closed or suspended, and opening does not bring it back.
    """
    if on_file.status is not RecordStatus.ACTIVE:
        raise RecordTransitionRefused(status=on_file.status.value)
    if (on_file.opening.opener, on_file.opening.structure) != (asked.opener, asked.structure):
        raise RecordAlreadyOpen
