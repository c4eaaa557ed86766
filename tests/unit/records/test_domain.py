"""The life of a document: what a deposit may say, who replaces, and how identifiers move."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from contracts.cda import CdaHeader
from contracts.consent import Decision, Limits
from contracts.documents import Receipt
from contracts.envelope import Actor
from contracts.errors import (
    ConsentMissing,
    ConsentNotCollected,
    HeaderContradicts,
    HeaderInvalid,
    InvalidRequest,
    NotAuthor,
    NotCurrentVersion,
    RecordAlreadyOpen,
    VisibilityForbidden,
)
from contracts.vocabulary import (
    OID_NIR,
    OID_TEST,
    ContentId,
    DocumentStatus,
    Finess,
    Ins,
    PatientId,
    Role,
    Rpps,
    Visibility,
)
from samples.cda import vsm
from samples.people import CAMILLE, GENERAL_PRACTITIONER
from services.documents.cda import read_header
from services.records import domain
from services.records.domain import Filed, Opening

PATIENT = PatientId(UUID(int=1))
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DEPOSITOR = Rpps("89990000070")
ACTOR = Actor(role=Role.PROFESSIONAL, subject=DEPOSITOR, structure=Finess("990000044"))


def header() -> CdaHeader:
    return read_header(vsm(patient=CAMILLE, author=GENERAL_PRACTITIONER, unique_id="1.2.3", effective_time=NOW))


def receipt(**changes: object) -> Receipt:
    plain = Receipt(
        patient_id=PATIENT,
        content_id=ContentId(UUID(int=7)),
        depositor=DEPOSITOR,
        size=10,
        sha256="aa",
        sha1="bb",
        media_type="text/xml",
        header=header(),
    )
    return msgspec.structs.replace(plain, **changes)


def filed(status: DocumentStatus = DocumentStatus.CURRENT) -> Filed:
    entry = domain.file_document(receipt(), ACTOR, (), document_id=UUID(int=3), entry_uuid=UUID(int=4), now=NOW)
    return msgspec.structs.replace(entry, document=msgspec.structs.replace(entry.document, status=status))


def opening(opener: str = "1", structure: str | None = "s") -> Opening:
    return Opening(
        patient_id=PATIENT,
        ins=Ins(CAMILLE.ins, OID_TEST),
        opener=opener,
        structure=structure,
        profession="21",
        opened_at=NOW,
    )


def test_a_record_is_opened_only_if_wanted() -> None:
    domain.check_consent_collected(True)
    with pytest.raises(ConsentNotCollected):
        domain.check_consent_collected(False)


def test_the_same_opening_twice_is_the_same_record_and_any_other_a_conflict() -> None:
    domain.check_same_opening(opening(), opening())
    for other in (opening(opener="2"), opening(structure=None)):
        with pytest.raises(RecordAlreadyOpen):
            domain.check_same_opening(opening(), other)


def test_a_refusing_decision_gives_no_key_to_the_shelves() -> None:
    with pytest.raises(ConsentMissing):
        domain.permit(Decision(allowed=False, reason="x", refusal="consent.missing"), ACTOR, PATIENT)


def test_an_allowing_decision_carries_its_limits_into_the_key() -> None:
    limits = Limits(denied_types=("x",), own_only=True)
    leave = domain.permit(Decision(allowed=True, reason="auteur", limits=limits), ACTOR, PATIENT)
    assert (leave.patient_id, leave.reader, leave.limits) == (PATIENT, DEPOSITOR, limits)


def test_hidden_from_professionals_and_patient_at_once_is_forbidden() -> None:
    with pytest.raises(VisibilityForbidden):
        domain.check_visibility((Visibility.MASQUE_PS, Visibility.INVISIBLE_PATIENT))


def test_marks_that_need_a_date_are_not_taken_yet() -> None:
    domain.check_visibility((Visibility.MASQUE_PS,))
    for mark in (Visibility.INVISIBLE_PATIENT, Visibility.INVISIBLE_REPRESENTANTS_LEGAUX):
        with pytest.raises(InvalidRequest):
            domain.check_visibility((mark,))


def test_bytes_enter_only_the_record_and_by_the_hand_their_ticket_was_for() -> None:
    domain.check_receipt(receipt(), PATIENT, DEPOSITOR)
    for patient_id, depositor in ((PatientId(UUID(int=2)), DEPOSITOR), (PATIENT, Rpps("89990000021"))):
        with pytest.raises(HeaderContradicts):
            domain.check_receipt(receipt(), patient_id, depositor)


def test_a_document_of_another_patient_is_refused() -> None:
    domain.check_header_patient(header(), Ins(CAMILLE.ins, OID_TEST))
    with pytest.raises(HeaderContradicts, match=r"document\.header_contradicts"):
        domain.check_header_patient(header(), Ins("285079999900260", OID_TEST))


def test_a_real_identity_also_demands_the_same_list_of_numbers() -> None:
    with pytest.raises(HeaderContradicts):
        domain.check_header_patient(header(), Ins(CAMILLE.ins, OID_NIR))


def test_the_entry_is_drawn_from_the_header() -> None:
    document = filed().document
    assert (document.type_code, document.class_code, document.section.value) == ("SYNTH", "11", "synthese")
    assert document.author.rpps == GENERAL_PRACTITIONER.rpps
    assert (document.version, document.status) == (1, DocumentStatus.CURRENT)
    assert document.unique_id == "1.2.3"


def test_a_document_without_known_format_is_refused_by_name_of_the_field() -> None:
    unknown = receipt(header=msgspec.structs.replace(header(), format_code=None))
    with pytest.raises(HeaderInvalid) as refused:
        domain.file_document(unknown, ACTOR, (), document_id=UUID(int=3), entry_uuid=UUID(int=4), now=NOW)
    assert refused.value.details == {"field": "templateId"}


def test_author_or_same_organisation_replaces_the_current_version() -> None:
    domain.check_can_replace(filed(), DEPOSITOR, None)
    domain.check_can_replace(filed(), Rpps("89990000047"), "990000044")


@pytest.mark.parametrize("structure", [None, "990000036"])
def test_nobody_else_replaces(structure: str | None) -> None:
    with pytest.raises(NotAuthor):
        domain.check_can_replace(filed(), Rpps("89990000047"), structure)


def test_a_superseded_version_is_not_replaced_again() -> None:
    with pytest.raises(NotCurrentVersion):
        domain.check_can_replace(filed(DocumentStatus.SUPERSEDED), DEPOSITOR, None)


def test_the_same_bytes_are_the_same_deposit_and_other_bytes_are_not() -> None:
    assert domain.is_same_deposit(filed(), receipt())
    assert not domain.is_same_deposit(filed(), receipt(sha256="cc"))


def test_hiding_gives_a_new_entry_uuid_and_version_and_keeps_the_logical_id() -> None:
    before = filed().document
    after = domain.with_visibility(before, masque_ps=True, entry_uuid=UUID(int=9))
    assert after.visibility == (Visibility.MASQUE_PS,)
    assert (after.document_id, after.version) == (before.document_id, before.version + 1)
    assert after.entry_uuid != before.entry_uuid
    assert domain.with_visibility(after, masque_ps=False, entry_uuid=UUID(int=10)).visibility == ()
