"""Rules of deposits: patient, depositor, replaced version; and the entry of a new document."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.cda import CdaAuthor, CdaHeader, CdaIdentifier
from contracts.envelope import Actor
from contracts.errors.execution import DocumentTransitionRefused, HeaderContradicts, HeaderInvalid, NotCurrentVersion
from contracts.errors.request import NotAuthor
from contracts.records.documents import Author
from contracts.vocabulary import OID_DEMO, OID_NIR, OID_TEST, DepositorKind, DocumentStatus, Finess, Ins, Role, Rpps
from services.records.domain import StoredDocument
from services.records.domain.depositors import depositor_of
from services.records.domain.deposits import (
    check_arrival,
    check_can_replace,
    check_depositor_or_author,
    check_header_patient,
    check_not_deleted,
    file_document,
    is_same_deposit,
    version_known_to,
)
from services.records.domain.filing import BUILT_IN
from services.records.domain.marks import Marks
from services.records.domain.metadata import resolve_cda_metadata
from services.records.domain.stored import NamedVersion
from tests.unit.records.specimens import (
    DAY,
    DEPOSITOR,
    HOSPITAL,
    INS,
    INVISIBLE_PATIENT,
    NOW,
    OTHER,
    PATIENT,
    PRACTICE,
    STRANGER,
    WRITER,
    by,
    document,
    header,
    professional,
    receipt,
    stored_document,
)


def entry_of(cda_header: CdaHeader, marks: Marks | None = None) -> StoredDocument:
    arrival = receipt(header=cda_header)
    return file_document(
        resolve_cda_metadata(arrival, cda_header, None),
        arrival,
        HOSPITAL,
        marks or Marks(),
        BUILT_IN,
        document_id=UUID(int=3),
        entry_uuid=UUID(int=4),
        lot_id=UUID(int=5),
        now=NOW,
    )


# Patient and depositor ----------------------------------------------------------------------------


def test_content_is_deposited_only_in_the_record_and_by_the_depositor_of_its_ticket() -> None:
    check_arrival(receipt(), PATIENT, professional(DEPOSITOR))
    with pytest.raises(HeaderContradicts) as elsewhere:
        check_arrival(receipt(), OTHER, professional(DEPOSITOR))
    with pytest.raises(HeaderContradicts) as by_another:
        check_arrival(receipt(), PATIENT, professional(STRANGER))
    assert (elsewhere.value.details, by_another.value.details) == ({"field": "patient"}, {"field": "depositor"})


def test_a_document_of_another_patient_is_refused() -> None:
    check_header_patient(header(), (INS,))
    with pytest.raises(HeaderContradicts):
        check_header_patient(header(), (Ins("285079999900260", OID_TEST),))


@pytest.mark.parametrize("oid", [OID_TEST, OID_DEMO])
def test_a_test_identity_accepts_documents_of_either_list(oid: str) -> None:
    check_header_patient(header(), (Ins(INS.matricule, oid),))


def test_a_real_identity_demands_the_same_list_too() -> None:
    with pytest.raises(HeaderContradicts) as refused:
        check_header_patient(header(), (Ins(INS.matricule, OID_NIR),))
    assert refused.value.details == {"field": "recordTarget/patientRole/id/@root"}


# The entry -----------------------------------------------------------------------------


def test_the_entry_is_made_from_header_and_receipt() -> None:
    entry = entry_of(header(replaced_unique_id="1.2.2"))
    document = entry.document
    assert (document.type_code, document.class_code, document.section.value) == ("SYNTH", "11", "synthese")
    assert (document.unique_id, document.replaces) == ("1.2.3", "1.2.2")
    assert (document.created_at, document.deposited_at) == (NOW - DAY, NOW)
    assert (document.version, document.status) == (1, DocumentStatus.CURRENT)
    assert (document.document_id, document.entry_uuid) == (UUID(int=3), f"urn:uuid:{UUID(int=4)}")
    assert (document.media_type, document.size, document.sha1) == ("text/xml", 10, "bb")
    assert (entry.depositor, entry.structure, entry.sha256) == (professional(DEPOSITOR), HOSPITAL, "aa")


def test_the_entry_has_the_marks_of_its_deposit() -> None:
    document = entry_of(header(), Marks(visibility=(INVISIBLE_PATIENT,), invisible_until=NOW + DAY)).document
    assert (document.visibility, document.invisible_until) == ((INVISIBLE_PATIENT,), NOW + DAY)


def test_a_document_of_unknown_format_is_refused_naming_the_field() -> None:
    with pytest.raises(HeaderInvalid) as refused:
        entry_of(header(format_code=None))
    assert refused.value.details == {"field": "templateId"}


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        (
            by(WRITER, given_name="Anne", family_name="ESSAI", structure_name="Cabinet"),
            Author(rpps=WRITER, name="Anne ESSAI", structure="Cabinet"),
        ),
        (by(WRITER, family_name="ESSAI"), Author(rpps=WRITER, name="ESSAI")),
        (
            CdaAuthor(identifier=CdaIdentifier(root="1.2", extension="a1"), device_name="Automate"),
            Author(rpps="a1", name="Automate"),
        ),
        (CdaAuthor(structure_name="Caisse"), Author(rpps="", name="Caisse", structure="Caisse")),
        (CdaAuthor(), Author(rpps="", name="")),
    ],
    ids=["a person", "family name only", "a device", "a structure", "nothing"],
)
def test_the_author_is_the_first_author_of_the_header(author: CdaAuthor, expected: Author) -> None:
    assert entry_of(header(authors=(author, by(STRANGER)))).document.author == expected


# Repeated deposits, replaced versions -----------------------------------------------------------------------


def test_the_same_bytes_by_the_same_depositor_are_the_same_deposit() -> None:
    assert is_same_deposit(stored_document(), receipt())
    assert not is_same_deposit(stored_document(), receipt(sha256="cc"))
    assert not is_same_deposit(stored_document(), receipt(depositor=STRANGER))
    assert not is_same_deposit(stored_document(), receipt(depositor_kind=DepositorKind.FEEDER))


def test_depositor_or_same_organisation_replaces_the_current_version() -> None:
    check_can_replace(stored_document(), professional(DEPOSITOR), None)
    check_can_replace(stored_document(), professional(STRANGER), HOSPITAL)


@pytest.mark.parametrize("structure", [None, PRACTICE])
def test_a_professional_of_another_organisation_does_not_replace(structure: Finess | None) -> None:
    with pytest.raises(NotAuthor):
        check_can_replace(stored_document(), professional(STRANGER), structure)


def test_two_professionals_without_organisation_are_not_of_the_same() -> None:
    with pytest.raises(NotAuthor):
        check_can_replace(msgspec.structs.replace(stored_document(), structure=None), professional(STRANGER), None)


@pytest.mark.parametrize("status", [status for status in DocumentStatus if status is not DocumentStatus.CURRENT])
def test_only_a_current_document_is_replaced(status: DocumentStatus) -> None:
    with pytest.raises(NotCurrentVersion):
        check_can_replace(stored_document(status=status), professional(DEPOSITOR), None)


def is_known(structure: Finess | None = None, *, by: Rpps = STRANGER, shown: bool = False, **different: Any) -> bool:
    """Whether a document of the hospital is known to whoever names it."""
    named = NamedVersion(stored_document=stored_document(**different), is_shown=shown)
    return version_known_to(named, professional(by), structure) is named.stored_document


def test_a_depositor_knows_what_they_are_shown_and_what_they_deposited() -> None:
    assert version_known_to(None, professional(STRANGER), HOSPITAL) is None
    assert not is_known(PRACTICE)
    for status in DocumentStatus:
        assert is_known(shown=True, masked=True, status=status) is (status is not DocumentStatus.DELETED)
        assert is_known(by=DEPOSITOR, masked=True, status=status)


def test_of_their_organisation_a_depositor_knows_the_open_documents_in_the_usual_lists() -> None:
    usual = {DocumentStatus.CURRENT, DocumentStatus.SUPERSEDED}
    assert {status for status in DocumentStatus if is_known(HOSPITAL, status=status)} == usual
    assert not is_known(HOSPITAL, masked=True)


@pytest.mark.parametrize("subject", [DEPOSITOR, WRITER])
def test_depositor_and_author_may_delete_a_document(subject: str) -> None:
    actor = Actor(role=Role.PROFESSIONAL, subject=subject)
    check_depositor_or_author(stored_document(), actor, depositor_of(actor, PATIENT))


@pytest.mark.parametrize(
    "actor",
    [
        Actor(role=Role.PROFESSIONAL, subject=STRANGER, structure=HOSPITAL),
        Actor(role=Role.PATIENT, subject=str(PATIENT)),
        Actor(role=Role.FEEDER, subject=DEPOSITOR),
        Actor(role=Role.PATIENT, subject=WRITER),
    ],
    ids=["a colleague", "the patient", "a feeder of the same name", "a patient of the author's number"],
)
def test_nobody_else_may_delete_a_document(actor: Actor) -> None:
    with pytest.raises(NotAuthor):
        check_depositor_or_author(stored_document(), actor, depositor_of(actor, PATIENT))


def test_patients_and_their_representatives_delete_what_they_deposited_themselves() -> None:
    for subject, kind in ((str(PATIENT), DepositorKind.PATIENT), (str(OTHER), DepositorKind.REPRESENTATIVE)):
        actor = Actor(role=Role.PATIENT, subject=subject)
        own = stored_document(depositor=subject, kind=kind)
        check_depositor_or_author(own, actor, depositor_of(actor, PATIENT))
        somebody_else = Actor(role=Role.PATIENT, subject=str(STRANGER))
        with pytest.raises(NotAuthor):
            check_depositor_or_author(own, somebody_else, depositor_of(somebody_else, PATIENT))


@pytest.mark.parametrize("status", DocumentStatus)
def test_a_deleted_document_is_not_restored_by_a_deposit(status: DocumentStatus) -> None:
    if status is DocumentStatus.DELETED:
        with pytest.raises(DocumentTransitionRefused):
            check_not_deleted(document(status=status))
    else:
        check_not_deleted(document(status=status))
