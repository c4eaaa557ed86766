"""Messages of the notify service: one-time codes, warnings, and notices to patients."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.api import Api, Method
from contracts.consent.events import (
    AppAllowed,
    CarerAccepted,
    CarerEnded,
    EmergencyAccessOpened,
    HeirAdmitted,
    RepresentationChanged,
)
from contracts.envelope import PatientEvent
from contracts.identity.events import (
    AccountActivated,
    AccountLockChanged,
    AuthenticatorChanged,
    ContactChanged,
    DeathReportUndone,
    GuessesFailed,
    InsChanged,
    PasswordSet,
    PersonsJoined,
    PersonsSeparated,
)
from contracts.records.events import (
    DocumentAppeared,
    DocumentDeleted,
    DocumentDeposited,
    MajorityReached,
    RecordClosed,
    RecordFirstRead,
    RecordOpened,
    RecordPurged,
    RecordReopened,
    VisibilityChanged,
)
from contracts.vocabulary import Channel, PatientId, Role

NOTIFIED_EVENTS: frozenset[type[PatientEvent]] = frozenset(
    {
        DocumentDeposited,
        DocumentAppeared,
        DocumentDeleted,
        VisibilityChanged,
        RecordFirstRead,
        RecordOpened,
        RecordClosed,
        RecordReopened,
        RecordPurged,
        MajorityReached,
        EmergencyAccessOpened,
        AccountActivated,
        AuthenticatorChanged,
        AppAllowed,
        PasswordSet,
        ContactChanged,
        GuessesFailed,
        AccountLockChanged,
        CarerAccepted,
        CarerEnded,
        RepresentationChanged,
        DeathReportUndone,
        HeirAdmitted,
        InsChanged,
        PersonsJoined,
        PersonsSeparated,
    }
)
"""The events of which notify informs people; it listens to no other."""


class NoticeCode(StrEnum):
    """Notices required by law that are sent so far."""

    AJOUT_DOCUMENT = "AJOUT_DOCUMENT"
    MODIF_DOCUMENT = "MODIF_DOCUMENT"
    SUPP_DOC = "SUPP_DOC"
    REMISE_VISIBILITE_AUTO = "REMISE_VISIBILITE_AUTO"
    OUVERTURE_DOSSIER = "OUVERTURE_DOSSIER"
    FERMETURE_DOSSIER = "FERMETURE_DOSSIER"
    REOUVERTURE_DOSSIER = "REOUVERTURE_DOSSIER"
    SUPPRESSION_DEMANDEE = "SUPPRESSION_DEMANDEE"
    DOSSIER_DETRUIT = "DOSSIER_DETRUIT"
    PASSAGE_MAJORITE = "PASSAGE_MAJORITE"
    ACCES_DMP_PS = "ACCES_DMP_PS"
    ACCES_BRIS_GLACE = "ACCES_BRIS_GLACE"
    ACCES_CENTRE_15 = "ACCES_CENTRE_15"
    COMPTE_ACTIVE = "COMPTE_ACTIVE"
    MOYEN_CONNEXION = "MOYEN_CONNEXION"
    APPLICATION_AUTORISEE = "APPLICATION_AUTORISEE"
    MOT_DE_PASSE = "MOT_DE_PASSE"
    COORDONNEES = "COORDONNEES"
    COMPTE_VERROUILLE = "COMPTE_VERROUILLE"
    ECHECS_CONNEXION = "ECHECS_CONNEXION"
    PARTAGE_PROFIL_AIDANT = "PARTAGE_PROFIL_AIDANT"
    REVOCATION_AIDANT = "REVOCATION_AIDANT"
    DEMANDE_REPRESENTANT = "DEMANDE_REPRESENTANT"
    DEMANDE_FIN_REPRESENTATION = "DEMANDE_FIN_REPRESENTATION"
    REPRESENTATION_CONTESTEE = "REPRESENTATION_CONTESTEE"
    REPRESENTANT_NOMME = "REPRESENTANT_NOMME"
    FIN_REPRESENTATION = "FIN_REPRESENTATION"
    DECES_ANNULE = "DECES_ANNULE"
    INS_CHANGE = "INS_CHANGE"
    IDENTITES_REUNIES = "IDENTITES_REUNIES"
    IDENTITES_SEPAREES = "IDENTITES_SEPAREES"
    ACCES_AYANT_DROIT = "ACCES_AYANT_DROIT"
    ACCES_SUSPENDU = "ACCES_SUSPENDU"
    """To a professional."""


TO_PROFESSIONALS_ONLY = frozenset({NoticeCode.ACCES_SUSPENDU})
"""These are about professionals themselves, and about no record."""


class SendCode(msgspec.Struct, frozen=True, kw_only=True):
    """Send a one-time code at once; nothing is stored."""

    channel: Channel
    address: str
    code: str
    minutes: int


class MessageSent(msgspec.Struct, frozen=True, kw_only=True):
    """The provider accepted the message."""


class WarnAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Warn an address that is about to be replaced, or a professional; nothing is stored."""

    channel: Channel
    address: str
    code: NoticeCode


class ListNotices(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """List a record's notices, newest first; `count`: 1 to 100, `before`: last id of the previous page.

    Consent decides who may read them; a legal representative sees none about a secret act.
    """

    patient_id: PatientId
    count: int = 20
    before: str | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One notice; its text never contains clinical content. `unread`: newer than what the reader marked as seen."""

    id: str
    code: NoticeCode
    at: datetime
    fr: str
    en: str
    sent: tuple[Channel, ...] = ()
    unread: bool = False


class Notices(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page of notices; `unread`: how many of all that the reader sees are newer than what they marked as seen."""

    notices: tuple[Notice, ...]
    unread: int = 0


class MarkSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Mark a record's notices as seen by the caller alone, up to the one of this id and with it."""

    patient_id: PatientId
    until: str


class NoticesSeen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`unread`: how many came since."""

    unread: int = 0


class Notify(Api, service="notify"):
    """RPC methods of the notify service, which sends e-mails and SMS."""

    send_code = Method(SendCode, MessageSent, roles=frozenset({Role.SERVICE}), seconds=5.0)
    warn_address = Method(WarnAddress, MessageSent, roles=frozenset({Role.SERVICE}), seconds=5.0)
    list_notices = Method(ListNotices, Notices, roles=frozenset({Role.PATIENT}))
    mark_seen = Method(MarkSeen, NoticesSeen, roles=frozenset({Role.PATIENT}))
