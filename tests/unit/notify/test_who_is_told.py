"""The truth table of notices: what happened, who is told, by which channel."""

from uuid import UUID

import pytest

from contracts.consent import EmergencyAccessOpened
from contracts.identity import AccountActivated, Contact
from contracts.records import DocumentDeposited, RecordFirstRead, VisibilityChanged
from contracts.vocabulary import AccessMode, Channel, ContentId, DocumentId, NoticeCode, PatientId, Rpps
from services.notify.domain.notices import Draft, Told, drafts_of
from services.notify.domain.sending import address_for

PATIENT = PatientId(UUID(int=1))
DOCUMENT = DocumentId(UUID(int=2))
DOCTOR, FIRST, SECOND = Rpps("80000000019"), Rpps("80000000027"), Rpps("80000000035")


def to_holder(code: NoticeCode, channel: Channel) -> Draft:
    return Draft(patient_id=PATIENT, code=code, channel=channel)


def to_doctor(code: NoticeCode, rpps: Rpps) -> Draft:
    return Draft(patient_id=PATIENT, code=code, channel=Channel.EMAIL, recipient=rpps)


def emergency(mode: AccessMode, *medecins_traitants: Rpps) -> EmergencyAccessOpened:
    return EmergencyAccessOpened(patient_id=PATIENT, rpps=DOCTOR, mode=mode, medecins_traitants=medecins_traitants)


@pytest.mark.parametrize(
    ("event", "drafts"),
    [
        (
            DocumentDeposited(
                patient_id=PATIENT, document_id=DOCUMENT, content_id=ContentId(UUID(int=3)), depositor=DOCTOR
            ),
            [to_holder(NoticeCode.AJOUT_DOCUMENT, Channel.EMAIL)],
        ),
        (
            VisibilityChanged(patient_id=PATIENT, document_id=DOCUMENT, by_patient=False),
            [to_holder(NoticeCode.MODIF_DOCUMENT, Channel.EMAIL)],
        ),
        (VisibilityChanged(patient_id=PATIENT, document_id=DOCUMENT, by_patient=True), []),
        (RecordFirstRead(patient_id=PATIENT, rpps=DOCTOR), [to_holder(NoticeCode.ACCES_DMP_PS, Channel.EMAIL)]),
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
    ],
)
def test_who_is_told_what(event: Told, drafts: list[Draft]) -> None:
    assert list(drafts_of(event)) == drafts


@pytest.mark.parametrize(
    ("wish", "email", "mobile", "found"),
    [
        (Channel.EMAIL, "e", "m", (Channel.EMAIL, "e")),
        (Channel.SMS, "e", "m", (Channel.SMS, "m")),
        (Channel.EMAIL, None, "m", (Channel.SMS, "m")),
        (Channel.SMS, "e", None, (Channel.EMAIL, "e")),
        (Channel.SMS, None, None, None),
    ],
)
def test_the_other_address_serves_where_the_wished_one_is_missing(
    wish: Channel, email: str | None, mobile: str | None, found: tuple[Channel, str] | None
) -> None:
    assert address_for(wish, Contact(email=email, mobile=mobile)) == found
