"""Which notices an event causes, for whom and by which channel."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.consent import AppAllowed, CarerAccepted, CarerEnded, EmergencyAccessOpened
from contracts.envelope import Event
from contracts.identity import AccountActivated, AccountLockChanged, AuthenticatorChanged, ContactChanged, PasswordSet
from contracts.records import (
    DocumentAppeared,
    DocumentDeleted,
    DocumentDeposited,
    MajorityReached,
    RecordClosed,
    RecordFirstRead,
    RecordPurged,
    RecordReopened,
    VisibilityChanged,
)
from contracts.vocabulary import AccessMode, Channel, NoticeCode, PatientId, Rpps

NotifiableEvent = (
    DocumentDeposited
    | DocumentAppeared
    | DocumentDeleted
    | VisibilityChanged
    | RecordFirstRead
    | RecordClosed
    | RecordReopened
    | RecordPurged
    | MajorityReached
    | EmergencyAccessOpened
    | AccountActivated
    | AuthenticatorChanged
    | AppAllowed
    | PasswordSet
    | ContactChanged
    | AccountLockChanged
    | CarerAccepted
    | CarerEnded
)

URGENT = frozenset(
    {
        NoticeCode.ACCES_BRIS_GLACE,
        NoticeCode.ACCES_CENTRE_15,
        NoticeCode.COMPTE_ACTIVE,
        NoticeCode.MOYEN_CONNEXION,
        NoticeCode.APPLICATION_AUTORISEE,
        NoticeCode.MOT_DE_PASSE,
        NoticeCode.COORDONNEES,
        NoticeCode.COMPTE_VERROUILLE,
        NoticeCode.FERMETURE_DOSSIER,
        NoticeCode.REOUVERTURE_DOSSIER,
        NoticeCode.SUPPRESSION_DEMANDEE,
        NoticeCode.DOSSIER_DETRUIT,
        NoticeCode.PASSAGE_MAJORITE,
    }
)
"""Security, emergency and record status notices; they go by text message and cannot be switched off."""

_CODES: dict[type[Event], NoticeCode] = {
    DocumentDeposited: NoticeCode.AJOUT_DOCUMENT,
    DocumentAppeared: NoticeCode.REMISE_VISIBILITE_AUTO,
    DocumentDeleted: NoticeCode.SUPP_DOC,
    VisibilityChanged: NoticeCode.MODIF_DOCUMENT,
    RecordFirstRead: NoticeCode.ACCES_DMP_PS,
    RecordClosed: NoticeCode.FERMETURE_DOSSIER,
    RecordReopened: NoticeCode.REOUVERTURE_DOSSIER,
    RecordPurged: NoticeCode.DOSSIER_DETRUIT,
    MajorityReached: NoticeCode.PASSAGE_MAJORITE,
    AccountActivated: NoticeCode.COMPTE_ACTIVE,
    AuthenticatorChanged: NoticeCode.MOYEN_CONNEXION,
    AppAllowed: NoticeCode.APPLICATION_AUTORISEE,
    PasswordSet: NoticeCode.MOT_DE_PASSE,
    ContactChanged: NoticeCode.COORDONNEES,
    AccountLockChanged: NoticeCode.COMPTE_VERROUILLE,
    CarerAccepted: NoticeCode.PARTAGE_PROFIL_AIDANT,
    CarerEnded: NoticeCode.REVOCATION_AIDANT,
}

_EMERGENCIES = {
    AccessMode.BRIS_DE_GLACE: NoticeCode.ACCES_BRIS_GLACE,
    AccessMode.CENTRE_15: NoticeCode.ACCES_CENTRE_15,
}


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A notice to be written about a patient's record; `recipient` None is the holder.

    `channel`: None if it is not sent. `secret`: hidden from legal representatives.
    """

    patient_id: PatientId
    code: NoticeCode
    channel: Channel | None
    recipient: Rpps | None = None
    secret: bool = False


class StoredNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice to the holder, and the channels by which it was sent so far."""

    notice_id: UUID
    code: NoticeCode
    at: datetime
    sent: tuple[Channel, ...]


def drafts_of(event: NotifiableEvent) -> tuple[Draft, ...]:
    """The notices that an event causes; none where the patient did it or may not know of it."""
    match event:
        case DocumentDeposited(withheld=True) | VisibilityChanged(withheld=True) | DocumentDeleted(withheld=True):
            # The patient may not know of this document yet; DocumentAppeared notifies them.
            return ()
        case VisibilityChanged(by_patient=True) | DocumentDeleted(by_patient=True):
            return ()
        case EmergencyAccessOpened():
            return _of_emergency(event)
        case RecordClosed(destruction_asked=True):
            return (_to_holder(event.patient_id, NoticeCode.SUPPRESSION_DEMANDEE),)
        case DocumentDeposited() | DocumentAppeared() | DocumentDeleted() | VisibilityChanged() | RecordFirstRead():
            return (_to_holder(event.patient_id, _CODES[type(event)], secret=event.secret),)
        case _:
            return (_to_holder(event.patient_id, _CODES[type(event)]),)


def _of_emergency(event: EmergencyAccessOpened) -> tuple[Draft, ...]:
    code = _EMERGENCIES[event.mode]
    to_doctors = (
        Draft(patient_id=event.patient_id, code=code, channel=Channel.EMAIL, recipient=rpps)
        for rpps in event.medecins_traitants
    )
    return (_to_holder(event.patient_id, code), *to_doctors)


def _to_holder(patient_id: PatientId, code: NoticeCode, *, secret: bool = False) -> Draft:
    return Draft(patient_id=patient_id, code=code, channel=_channel_of(code, secret=secret), secret=secret)


def _channel_of(code: NoticeCode, *, secret: bool) -> Channel | None:
    if secret:
        # The contact of a minor may be a parent's: a secret notice goes to no address, the holder reads it in their
        # own view.
        return None
    return Channel.SMS if code in URGENT else Channel.EMAIL
