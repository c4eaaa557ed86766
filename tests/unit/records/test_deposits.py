"""What a deposit must be: for whom, by whom, in whose place, and what its entry says."""

from uuid import UUID

import msgspec
import pytest

from contracts.cda import CdaAuthor, CdaHeader, CdaIdentifier
from contracts.envelope import Actor
from contracts.errors import DocumentTransitionRefused, HeaderContradicts, HeaderInvalid, NotAuthor, NotCurrentVersion
from contracts.records import Author
from contracts.vocabulary import OID_DEMO, OID_NIR, OID_TEST, DocumentStatus, Finess, Ins, Role
from services.records.domain import StoredDocument
from services.records.domain.deposits import (
    check_arrival,
    check_can_replace,
    check_header_patient,
    check_not_deleted,
    check_wrote,
    file_document,
    is_same_deposit,
)
from services.records.domain.filing import BUILT_IN
from services.records.domain.marks import Marks
from services.records.domain.metadata import resolve_cda_metadata
from tests.unit.records.specimens import (
    ACTOR,
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
    receipt,
    stored,
)


def entry_of(resolved: CdaHeader, marks: Marks | None = None) -> StoredDocument:
    arrival = receipt(header=resolved)
    return file_document(
        resolve_cda_metadata(arrival, resolved, None),
        arrival,
        ACTOR,
        marks or Marks(),
        BUILT_IN,
        document_id=UUID(int=3),
        entry_uuid=UUID(int=4),
        lot_id=UUID(int=5),
        now=NOW,
    )


# For whom and by whom ----------------------------------------------------------------------------


def test_bytes_enter_only_the_record_and_by_the_hand_their_ticket_was_for() -> None:
    check_arrival(receipt(), PATIENT, DEPOSITOR)
    with pytest.raises(HeaderContradicts) as elsewhere:
        check_arrival(receipt(), OTHER, DEPOSITOR)
    with pytest.raises(HeaderContradicts) as by_another:
        check_arrival(receipt(), PATIENT, STRANGER)
    assert (elsewhere.value.details, by_another.value.details) == ({"field": "patient"}, {"field": "depositor"})


def test_a_document_of_another_patient_is_refused() -> None:
    check_header_patient(header(), INS)
    with pytest.raises(HeaderContradicts):
        check_header_patient(header(), Ins("285079999900260", OID_TEST))


@pytest.mark.parametrize("oid", [OID_TEST, OID_DEMO])
def test_a_test_identity_takes_documents_of_either_list(oid: str) -> None:
    check_header_patient(header(), Ins(INS.matricule, oid))


def test_a_real_identity_also_demands_the_same_list_of_numbers() -> None:
    with pytest.raises(HeaderContradicts) as refused:
        check_header_patient(header(), Ins(INS.matricule, OID_NIR))
    assert refused.value.details == {"field": "recordTarget/patientRole/id/@root"}


# What the entry says -----------------------------------------------------------------------------


def test_the_entry_is_drawn_from_the_header_and_the_receipt() -> None:
    entry = entry_of(header(replaced_unique_id="1.2.2"))
    document = entry.document
    assert (document.type_code, document.class_code, document.section.value) == ("SYNTH", "11", "synthese")
    assert (document.unique_id, document.replaces) == ("1.2.3", "1.2.2")
    assert (document.created_at, document.deposited_at) == (NOW - DAY, NOW)
    assert (document.version, document.status) == (1, DocumentStatus.CURRENT)
    assert (document.document_id, document.entry_uuid) == (UUID(int=3), f"urn:uuid:{UUID(int=4)}")
    assert (document.media_type, document.size, document.sha1) == ("text/xml", 10, "bb")
    assert (entry.depositor, entry.structure, entry.sha256) == (DEPOSITOR, HOSPITAL, "aa")


def test_the_entry_bears_the_marks_of_its_deposit() -> None:
    document = entry_of(header(), Marks(visibility=(INVISIBLE_PATIENT,), invisible_until=NOW + DAY)).document
    assert (document.visibility, document.invisible_until) == ((INVISIBLE_PATIENT,), NOW + DAY)


def test_a_document_without_known_format_is_refused_by_name_of_the_field() -> None:
    with pytest.raises(HeaderInvalid) as refused:
        entry_of(header(format_code=None))
    assert refused.value.details == {"field": "templateId"}


@pytest.mark.parametrize(
    ("author", "resolved"),
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
    ids=["a person", "of one name", "a device", "a structure", "nothing said"],
)
def test_the_author_is_the_first_one_of_the_header(author: CdaAuthor, resolved: Author) -> None:
    assert entry_of(header(authors=(author, by(STRANGER)))).document.author == resolved


# Again, and in whose place -----------------------------------------------------------------------


def test_the_same_bytes_by_the_same_hand_are_the_same_deposit() -> None:
    assert is_same_deposit(stored(), receipt())
    assert not is_same_deposit(stored(), receipt(sha256="cc"))
    assert not is_same_deposit(stored(), receipt(depositor=STRANGER))


def test_author_or_same_organisation_replaces_the_current_version() -> None:
    check_can_replace(stored(), DEPOSITOR, None)
    check_can_replace(stored(), STRANGER, HOSPITAL)


@pytest.mark.parametrize("structure", [None, PRACTICE])
def test_nobody_else_replaces(structure: Finess | None) -> None:
    with pytest.raises(NotAuthor):
        check_can_replace(stored(), STRANGER, structure)


def test_two_who_name_no_organisation_are_not_of_the_same() -> None:
    with pytest.raises(NotAuthor):
        check_can_replace(msgspec.structs.replace(stored(), structure=None), STRANGER, None)


@pytest.mark.parametrize("status", [status for status in DocumentStatus if status is not DocumentStatus.CURRENT])
def test_what_is_not_in_force_is_not_replaced(status: DocumentStatus) -> None:
    with pytest.raises(NotCurrentVersion):
        check_can_replace(stored(status=status), DEPOSITOR, None)


@pytest.mark.parametrize("who", [DEPOSITOR, WRITER])
def test_who_brought_it_in_or_wrote_it_answers_for_it(who: str) -> None:
    check_wrote(stored(), Actor(role=Role.PROFESSIONAL, subject=who))


@pytest.mark.parametrize(
    "actor",
    [
        Actor(role=Role.PROFESSIONAL, subject=STRANGER, structure=HOSPITAL),
        Actor(role=Role.PATIENT, subject=str(PATIENT)),
    ],
    ids=["a colleague", "the patient"],
)
def test_nobody_else_does(actor: Actor) -> None:
    with pytest.raises(NotAuthor):
        check_wrote(stored(), actor)


@pytest.mark.parametrize("status", DocumentStatus)
def test_what_was_deleted_does_not_come_back_by_a_deposit(status: DocumentStatus) -> None:
    if status is DocumentStatus.DELETED:
        with pytest.raises(DocumentTransitionRefused):
            check_not_deleted(document(status=status))
    else:
        check_not_deleted(document(status=status))
