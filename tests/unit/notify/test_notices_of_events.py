"""The truth table of notices: event, recipients, channel."""

from datetime import UTC, date, datetime
from typing import get_type_hints
from uuid import UUID

import pytest

from contracts.consent.events import (
    AppAllowed,
    CarerAccepted,
    CarerEnded,
    EmergencyAccessOpened,
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
    PasswordSet,
    PersonsJoined,
)
from contracts.identity.people import Contact
from contracts.notify import TO_PROFESSIONALS_ONLY, NoticeCode
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
from contracts.vocabulary import AccessMode, Channel, ContentId, DocumentId, OpeningChannel, PatientId, Rpps
from contracts.wiring import SUBSCRIPTIONS
from services.notify.domain.notices import NOTICES, Draft, NoticeRule, drafts_of, hastens_deliveries
from services.notify.domain.sending import address_for

PATIENT = PatientId(UUID(int=1))
DOCUMENT = DocumentId(UUID(int=2))
DOCTOR, FIRST, SECOND = Rpps("80000000019"), Rpps("80000000027"), Rpps("80000000035")


def to_holder(code: NoticeCode, channel: Channel) -> Draft:
    return Draft(patient_id=PATIENT, code=code, channel=channel)


def not_sent(code: NoticeCode) -> Draft:
    return Draft(patient_id=PATIENT, code=code, channel=None, secret=True)


def to_doctor(code: NoticeCode, rpps: Rpps) -> Draft:
    return Draft(patient_id=PATIENT, code=code, channel=Channel.EMAIL, recipient=rpps)


def deposited(*, secret: bool = False, withheld: bool = False) -> DocumentDeposited:
    return DocumentDeposited(
        patient_id=PATIENT,
        document_id=DOCUMENT,
        content_id=ContentId(UUID(int=3)),
        depositor=DOCTOR,
        secret=secret,
        withheld=withheld,
    )


def appeared(*, secret: bool = False) -> DocumentAppeared:
    return DocumentAppeared(patient_id=PATIENT, document_id=DOCUMENT, secret=secret)


def deleted(*, by_patient: bool = False, secret: bool = False, withheld: bool = False) -> DocumentDeleted:
    return DocumentDeleted(
        patient_id=PATIENT, document_id=DOCUMENT, by_patient=by_patient, secret=secret, withheld=withheld
    )


def changed(*, by_patient: bool = False, secret: bool = False, withheld: bool = False) -> VisibilityChanged:
    return VisibilityChanged(
        patient_id=PATIENT, document_id=DOCUMENT, by_patient=by_patient, secret=secret, withheld=withheld
    )


def first_read(*, secret: bool = False) -> RecordFirstRead:
    return RecordFirstRead(patient_id=PATIENT, rpps=DOCTOR, secret=secret)


def closed(*, destruction_asked: bool = False) -> RecordClosed:
    return RecordClosed(patient_id=PATIENT, purge_on=date(2040, 1, 1), destruction_asked=destruction_asked)


def emergency(mode: AccessMode, *medecins_traitants: Rpps) -> EmergencyAccessOpened:
    return EmergencyAccessOpened(patient_id=PATIENT, rpps=DOCTOR, mode=mode, medecins_traitants=medecins_traitants)


@pytest.mark.parametrize(
    ("event", "drafts"),
    [
        (deposited(), [to_holder(NoticeCode.AJOUT_DOCUMENT, Channel.EMAIL)]),
        (deposited(secret=True), [not_sent(NoticeCode.AJOUT_DOCUMENT)]),
        (deposited(withheld=True), []),
        (deposited(withheld=True, secret=True), []),
        (appeared(), [to_holder(NoticeCode.REMISE_VISIBILITE_AUTO, Channel.EMAIL)]),
        (appeared(secret=True), [not_sent(NoticeCode.REMISE_VISIBILITE_AUTO)]),
        (deleted(), [to_holder(NoticeCode.SUPP_DOC, Channel.EMAIL)]),
        (deleted(secret=True), [not_sent(NoticeCode.SUPP_DOC)]),
        (deleted(withheld=True), []),
        (deleted(withheld=True, secret=True), []),
        (deleted(by_patient=True), []),
        (deleted(by_patient=True, secret=True), []),
        (deleted(by_patient=True, withheld=True), []),
        (deleted(by_patient=True, withheld=True, secret=True), []),
        (changed(), [to_holder(NoticeCode.MODIF_DOCUMENT, Channel.EMAIL)]),
        (changed(secret=True), [not_sent(NoticeCode.MODIF_DOCUMENT)]),
        (changed(withheld=True), []),
        (changed(withheld=True, secret=True), []),
        (changed(by_patient=True), []),
        (changed(by_patient=True, secret=True), []),
        (changed(by_patient=True, withheld=True), []),
        (changed(by_patient=True, withheld=True, secret=True), []),
        (first_read(), [to_holder(NoticeCode.ACCES_DMP_PS, Channel.EMAIL)]),
        (first_read(secret=True), [not_sent(NoticeCode.ACCES_DMP_PS)]),
        (closed(), [to_holder(NoticeCode.FERMETURE_DOSSIER, Channel.SMS)]),
        (closed(destruction_asked=True), [to_holder(NoticeCode.SUPPRESSION_DEMANDEE, Channel.SMS)]),
        (
            RecordOpened(
                patient_id=PATIENT, channel=OpeningChannel.AGENT, opener="a", at=datetime(2026, 3, 2, tzinfo=UTC)
            ),
            [to_holder(NoticeCode.OUVERTURE_DOSSIER, Channel.SMS)],
        ),
        (RecordReopened(patient_id=PATIENT), [to_holder(NoticeCode.REOUVERTURE_DOSSIER, Channel.SMS)]),
        (RecordPurged(patient_id=PATIENT), [to_holder(NoticeCode.DOSSIER_DETRUIT, Channel.SMS)]),
        (MajorityReached(patient_id=PATIENT), [to_holder(NoticeCode.PASSAGE_MAJORITE, Channel.SMS)]),
        (
            emergency(AccessMode.BRIS_DE_GLACE, FIRST, SECOND),
            [
                to_holder(NoticeCode.ACCES_BRIS_GLACE, Channel.SMS),
                to_doctor(NoticeCode.ACCES_BRIS_GLACE, FIRST),
                to_doctor(NoticeCode.ACCES_BRIS_GLACE, SECOND),
            ],
        ),
        (
            emergency(AccessMode.CENTRE_15, FIRST),
            [
                to_holder(NoticeCode.ACCES_CENTRE_15, Channel.SMS),
                to_doctor(NoticeCode.ACCES_CENTRE_15, FIRST),
            ],
        ),
        (emergency(AccessMode.BRIS_DE_GLACE), [to_holder(NoticeCode.ACCES_BRIS_GLACE, Channel.SMS)]),
        (AccountActivated(patient_id=PATIENT), [to_holder(NoticeCode.COMPTE_ACTIVE, Channel.SMS)]),
        (AuthenticatorChanged(patient_id=PATIENT), [to_holder(NoticeCode.MOYEN_CONNEXION, Channel.SMS)]),
        (PasswordSet(patient_id=PATIENT), [to_holder(NoticeCode.MOT_DE_PASSE, Channel.SMS)]),
        (CarerAccepted(patient_id=PATIENT), [to_holder(NoticeCode.PARTAGE_PROFIL_AIDANT, Channel.EMAIL)]),
        (CarerEnded(patient_id=PATIENT), [to_holder(NoticeCode.REVOCATION_AIDANT, Channel.EMAIL)]),
        (ContactChanged(patient_id=PATIENT), [to_holder(NoticeCode.COORDONNEES, Channel.SMS)]),
        (GuessesFailed(patient_id=PATIENT), [to_holder(NoticeCode.ECHECS_CONNEXION, Channel.SMS)]),
        (AccountLockChanged(patient_id=PATIENT), [to_holder(NoticeCode.COMPTE_VERROUILLE, Channel.SMS)]),
        (AppAllowed(patient_id=PATIENT, app="a"), [to_holder(NoticeCode.APPLICATION_AUTORISEE, Channel.SMS)]),
        *(
            (RepresentationChanged(patient_id=PATIENT, change=change), [to_holder(code, Channel.SMS)])
            for change, code in (
                (RepresentationChange.NAMING_REQUESTED, NoticeCode.DEMANDE_REPRESENTANT),
                (RepresentationChange.ENDING_REQUESTED, NoticeCode.DEMANDE_FIN_REPRESENTATION),
                (RepresentationChange.CONTESTED, NoticeCode.REPRESENTATION_CONTESTEE),
                (RepresentationChange.NAMED, NoticeCode.REPRESENTANT_NOMME),
                (RepresentationChange.ENDED, NoticeCode.FIN_REPRESENTATION),
            )
        ),
    ],
)
def test_the_notices_of_each_event(event: PatientEvent, drafts: list[Draft]) -> None:
    assert list(drafts_of(event)) == drafts


def test_every_code_has_one_row() -> None:
    assert sorted(rule.code for rule in NOTICES) == sorted(set(NoticeCode) - TO_PROFESSIONALS_ONLY)


@pytest.mark.parametrize("rule", NOTICES, ids=lambda rule: rule.code)
def test_a_row_names_fields_of_its_event(rule: NoticeRule) -> None:
    fields = get_type_hints(rule.event)
    for field, value in rule.when.items():
        assert isinstance(value, fields[field])
    assert rule.professionals is None or fields[rule.professionals] == tuple[Rpps, ...]


def test_every_event_notify_subscribes_to_can_cause_a_notice() -> None:
    assert {rule.event for rule in NOTICES} == SUBSCRIPTIONS["notify"]


def test_every_mode_but_the_normal_one_causes_a_notice() -> None:
    silent = {mode for mode in AccessMode if not drafts_of(emergency(mode))}
    assert silent == {AccessMode.NORMAL}


def test_who_gets_an_address_gets_the_deliveries_that_wait() -> None:
    assert {rule.event for rule in NOTICES if rule.hastens} == {
        AccountActivated,
        DeathReportUndone,
        PersonsJoined,
    }
    assert hastens_deliveries(AccountActivated(patient_id=PATIENT))
    assert not hastens_deliveries(PasswordSet(patient_id=PATIENT))


@pytest.mark.parametrize(
    ("channel", "email", "mobile", "found"),
    [
        (Channel.EMAIL, "e", "m", (Channel.EMAIL, "e")),
        (Channel.SMS, "e", "m", (Channel.SMS, "m")),
        (Channel.EMAIL, None, "m", (Channel.SMS, "m")),
        (Channel.SMS, "e", None, (Channel.EMAIL, "e")),
        (Channel.SMS, None, None, None),
    ],
)
def test_the_other_address_is_used_where_that_of_the_channel_is_missing(
    channel: Channel, email: str | None, mobile: str | None, found: tuple[Channel, str] | None
) -> None:
    assert address_for(channel, Contact(email=email, mobile=mobile)) == found
