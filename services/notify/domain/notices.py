"""Which notice follows from what happened, to whom and on which channel."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.consent import EmergencyAccessOpened
from contracts.identity import AccountActivated
from contracts.records import DocumentDeposited, RecordFirstRead, VisibilityChanged
from contracts.vocabulary import AccessMode, Channel, NoticeCode, PatientId, Rpps

Told = DocumentDeposited | VisibilityChanged | RecordFirstRead | EmergencyAccessOpened | AccountActivated

URGENT = frozenset({NoticeCode.ACCES_BRIS_GLACE, NoticeCode.ACCES_CENTRE_15, NoticeCode.COMPTE_ACTIVE})
"""Security and emergency notices; they go by text message and cannot be switched off."""

_EMERGENCIES = {
    AccessMode.BRIS_DE_GLACE: NoticeCode.ACCES_BRIS_GLACE,
    AccessMode.CENTRE_15: NoticeCode.ACCES_CENTRE_15,
}


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A notice to be written about a patient's record; `recipient` None is the holder."""

    patient_id: PatientId
    code: NoticeCode
    channel: Channel
    recipient: Rpps | None = None


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A notice of the holder's as it was written, and the channels that took it so far."""

    notice_id: UUID
    code: NoticeCode
    at: datetime
    sent: tuple[Channel, ...]


def drafts_of(event: Told) -> tuple[Draft, ...]:
    """Whom to tell what, now that this happened."""
    match event:
        case DocumentDeposited():
            return (_to_holder(event.patient_id, NoticeCode.AJOUT_DOCUMENT),)
        case VisibilityChanged(by_patient=True):
            return ()
        case VisibilityChanged():
            return (_to_holder(event.patient_id, NoticeCode.MODIF_DOCUMENT),)
        case RecordFirstRead():
            return (_to_holder(event.patient_id, NoticeCode.ACCES_DMP_PS),)
        case EmergencyAccessOpened():
            return _of_emergency(event)
        case AccountActivated():
            return (_to_holder(event.patient_id, NoticeCode.COMPTE_ACTIVE),)


def _of_emergency(event: EmergencyAccessOpened) -> tuple[Draft, ...]:
    code = _EMERGENCIES[event.mode]
    to_doctors = (
        Draft(patient_id=event.patient_id, code=code, channel=Channel.EMAIL, recipient=rpps)
        for rpps in event.medecins_traitants
    )
    return (_to_holder(event.patient_id, code), *to_doctors)


def _to_holder(patient_id: PatientId, code: NoticeCode) -> Draft:
    return Draft(patient_id=patient_id, code=code, channel=Channel.SMS if code in URGENT else Channel.EMAIL)
