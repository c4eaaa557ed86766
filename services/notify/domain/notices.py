"""Which notices an event causes, for whom and by which channel: one table, one row per notice."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.consent.events import (
    AppAllowed,
    CarerAccepted,
    CarerEnded,
    EmergencyAccessOpened,
    HeirAdmitted,
    RepresentationChange,
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
from contracts.notify import NoticeCode
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
from contracts.vocabulary import AccessMode, Channel, PatientId, Rpps


class NoticeRule(msgspec.Struct, frozen=True):
    """When an event causes a notice, and to whom it goes; the holder is always informed."""

    event: type[PatientEvent]
    code: NoticeCode
    when: dict[str, object] = {}
    """Values that these fields of the event must have."""
    urgent: bool = False
    """Security, emergency and record status: it goes by text message and cannot be switched off."""
    professionals: str | None = None
    """The field of the event with the numbers of professionals who are informed too, by e-mail."""
    hastens: bool = False
    """The holder has an address now: deliveries that wait for one become due."""

    def applies_to(self, event: PatientEvent) -> bool:
        """Whether this event causes the notice."""
        return isinstance(event, self.event) and all(
            getattr(event, field) == value for field, value in self.when.items()
        )


# The patient may not know of a withheld document yet; DocumentAppeared informs them. Nobody is told what they did.
_BY_OTHERS: dict[str, object] = {"withheld": False, "by_patient": False}

NOTICES = (
    NoticeRule(DocumentDeposited, NoticeCode.AJOUT_DOCUMENT, {"withheld": False}),
    NoticeRule(DocumentAppeared, NoticeCode.REMISE_VISIBILITE_AUTO),
    NoticeRule(DocumentDeleted, NoticeCode.SUPP_DOC, _BY_OTHERS),
    NoticeRule(VisibilityChanged, NoticeCode.MODIF_DOCUMENT, _BY_OTHERS),
    NoticeRule(RecordFirstRead, NoticeCode.ACCES_DMP_PS),
    NoticeRule(RecordOpened, NoticeCode.OUVERTURE_DOSSIER, urgent=True),
    NoticeRule(RecordClosed, NoticeCode.FERMETURE_DOSSIER, {"destruction_asked": False}, urgent=True),
    NoticeRule(RecordClosed, NoticeCode.SUPPRESSION_DEMANDEE, {"destruction_asked": True}, urgent=True),
    NoticeRule(RecordReopened, NoticeCode.REOUVERTURE_DOSSIER, urgent=True),
    NoticeRule(RecordPurged, NoticeCode.DOSSIER_DETRUIT, urgent=True),
    NoticeRule(MajorityReached, NoticeCode.PASSAGE_MAJORITE, urgent=True),
    NoticeRule(
        EmergencyAccessOpened,
        NoticeCode.ACCES_BRIS_GLACE,
        {"mode": AccessMode.BRIS_DE_GLACE},
        urgent=True,
        professionals="medecins_traitants",
    ),
    NoticeRule(
        EmergencyAccessOpened,
        NoticeCode.ACCES_CENTRE_15,
        {"mode": AccessMode.CENTRE_15},
        urgent=True,
        professionals="medecins_traitants",
    ),
    NoticeRule(AccountActivated, NoticeCode.COMPTE_ACTIVE, urgent=True, hastens=True),
    NoticeRule(AuthenticatorChanged, NoticeCode.MOYEN_CONNEXION, urgent=True),
    NoticeRule(PasswordSet, NoticeCode.MOT_DE_PASSE, urgent=True),
    NoticeRule(ContactChanged, NoticeCode.COORDONNEES, urgent=True),
    NoticeRule(AccountLockChanged, NoticeCode.COMPTE_VERROUILLE, urgent=True),
    NoticeRule(GuessesFailed, NoticeCode.ECHECS_CONNEXION, urgent=True),
    NoticeRule(DeathReportUndone, NoticeCode.DECES_ANNULE, urgent=True, hastens=True),
    NoticeRule(InsChanged, NoticeCode.INS_CHANGE, urgent=True),
    NoticeRule(PersonsJoined, NoticeCode.IDENTITES_REUNIES, urgent=True, hastens=True),
    NoticeRule(PersonsSeparated, NoticeCode.IDENTITES_SEPAREES, urgent=True),
    NoticeRule(HeirAdmitted, NoticeCode.ACCES_AYANT_DROIT, urgent=True),
    NoticeRule(AppAllowed, NoticeCode.APPLICATION_AUTORISEE, urgent=True),
    NoticeRule(CarerAccepted, NoticeCode.PARTAGE_PROFIL_AIDANT),
    NoticeRule(CarerEnded, NoticeCode.REVOCATION_AIDANT),
    *(
        NoticeRule(RepresentationChanged, code, {"change": change}, urgent=True)
        for change, code in (
            (RepresentationChange.NAMING_REQUESTED, NoticeCode.DEMANDE_REPRESENTANT),
            (RepresentationChange.ENDING_REQUESTED, NoticeCode.DEMANDE_FIN_REPRESENTATION),
            (RepresentationChange.CONTESTED, NoticeCode.REPRESENTATION_CONTESTEE),
            (RepresentationChange.NAMED, NoticeCode.REPRESENTANT_NOMME),
            (RepresentationChange.ENDED, NoticeCode.FIN_REPRESENTATION),
        )
    ),
)


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
    """A notice to the holder, the channels by which it was sent so far, and whether its reader has not seen it."""

    notice_id: UUID
    code: NoticeCode
    at: datetime
    sent: tuple[Channel, ...]
    unread: bool = False


def drafts_of(event: PatientEvent) -> tuple[Draft, ...]:
    """The notices that an event causes; none where the patient did it or may not know of it."""
    return tuple(draft for rule in NOTICES if rule.applies_to(event) for draft in _drafts(rule, event))


def hastens_deliveries(event: PatientEvent) -> bool:
    """Whether the holder's waiting deliveries become due."""
    return any(rule.hastens and rule.applies_to(event) for rule in NOTICES)


def _drafts(rule: NoticeRule, event: PatientEvent) -> tuple[Draft, ...]:
    secret = getattr(event, "secret", False)
    to_holder = Draft(
        patient_id=event.patient_id, code=rule.code, channel=_channel_of(rule, secret=secret), secret=secret
    )
    professionals: tuple[Rpps, ...] = getattr(event, rule.professionals) if rule.professionals else ()
    to_professionals = (
        Draft(patient_id=event.patient_id, code=rule.code, channel=Channel.EMAIL, recipient=rpps)
        for rpps in professionals
    )
    return (to_holder, *to_professionals)


def _channel_of(rule: NoticeRule, *, secret: bool) -> Channel | None:
    if secret:
        # The contact of a minor may be a parent's: a secret notice goes to no address, the holder reads it in their
        # own view.
        return None
    return Channel.SMS if rule.urgent else Channel.EMAIL
