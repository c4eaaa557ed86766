"""A submission set says nothing of itself to whom one of its documents is hidden from."""

from uuid import UUID, uuid4

import msgspec
import pytest

from contracts.cda import CdaAuthor
from contracts.consent.decisions import Limits
from contracts.consent.permits import Permit
from contracts.records.searching import NamePart, NamePattern, SearchSubmissionSets
from contracts.records.submission_sets import SubmissionSetEntry, SubmissionSetMetadata
from contracts.vocabulary import Coded, DocumentStatus
from services.records.domain import StoredDocument
from services.records.domain.marks import changed
from services.records.domain.submission_sets import SubmissionSet, submission_set_of, unique_id_of
from services.records.repositories.all import Repositories
from tests.integration.records.stored_documents import ALL, store
from tests.unit.records.specimens import DEPOSITOR, NOW, PATIENT, permit_with, professional, stored_document

SEARCH = SearchSubmissionSets(patient_id=PATIENT)
FAMILY_DOCTOR, AUTHOR = permit_with(ALL), permit_with(Limits(), reader=DEPOSITOR)
DOCTOR = permit_with(Limits(superseded=True, archived=True))
CLAIMS = SubmissionSetMetadata(
    unique_id="1.2.250.9",
    source_id="1.2.250.8",
    title="Résultats et avis psychiatrique",
    comments="Avis à part",
    content_type=Coded("57133-1", "2.16.840.1.113883.6.1"),
    author=CdaAuthor(family_name="Durand", given_name="Anne"),
)


def submitted(repositories: Repositories, *documents: StoredDocument) -> SubmissionSet:
    """A set of these documents with all that a depositor can say of it."""
    submission_set = submission_set_of(CLAIMS, professional(DEPOSITOR), lot_id=uuid4(), now=NOW)
    store(repositories, *(msgspec.structs.replace(member, lot_id=submission_set.lot_id) for member in documents))
    assert repositories.submission_sets.add(PATIENT, submission_set)
    return submission_set


def sets_for(repositories: Repositories, permit: Permit, **conditions: object) -> list[SubmissionSetEntry]:
    request = msgspec.structs.replace(SEARCH, **conditions)
    found = list(repositories.submission_sets.search(permit, request, after=None, count=9))
    assert repositories.submission_sets.count(permit, request) == len(found)
    return found


def test_a_set_with_a_hidden_member_shows_the_visible_ones_and_nothing_that_was_said(
    repositories: Repositories,
) -> None:
    visible, hidden = stored_document(), stored_document(masked=True)
    submission_set = submitted(repositories, visible, hidden)
    for permit in (FAMILY_DOCTOR, AUTHOR):
        [whole] = sets_for(repositories, permit)
        assert (whole.facts, whole.unique_id) == (CLAIMS, CLAIMS.unique_id)
        assert set(whole.documents) == {visible.document.document_id, hidden.document.document_id}
    [shown] = sets_for(repositories, DOCTOR)
    assert shown == SubmissionSetEntry(
        lot_id=submission_set.lot_id,
        unique_id=unique_id_of(submission_set.lot_id),
        facts=SubmissionSetMetadata(),
        submitted_at=NOW,
        deposited_at=NOW,
        documents=(visible.document.document_id,),
    )


@pytest.mark.parametrize(
    "condition",
    [
        {"sources": ("1.2.250.8",)},
        {"has_source": True},
        {"content_types": (("57133-1",),)},
        {"names": (NamePattern(part=NamePart.FAMILY, any_of=("durand",)),)},
        {"identifiers": ("1.2.250.9",)},
    ],
    ids=lambda condition: next(iter(condition)),
)
def test_a_set_is_not_found_by_what_is_not_shown(repositories: Repositories, condition: dict[str, object]) -> None:
    submission_set = submitted(repositories, stored_document(), stored_document(masked=True))
    assert len(sets_for(repositories, FAMILY_DOCTOR, **condition)) == 1
    assert sets_for(repositories, DOCTOR, **condition) == []
    assert len(sets_for(repositories, DOCTOR, identifiers=(unique_id_of(submission_set.lot_id),))) == 1
    assert sets_for(repositories, DOCTOR, identifiers=("2.25.x", f"2.25.{1 << 128}", f"2.25.{'9' * 5000}")) == []


def test_a_set_of_hidden_members_is_not_there(repositories: Repositories) -> None:
    submitted(repositories, stored_document(masked=True), stored_document(masked=True))
    assert sets_for(repositories, DOCTOR) == []


def test_a_hidden_member_that_is_deleted_or_replaced_still_hides_what_was_said(repositories: Repositories) -> None:
    hidden = stored_document(masked=True)
    submitted(repositories, stored_document(), hidden)
    gone = changed(hidden.document, status=DocumentStatus.DELETED, entry_uuid=UUID(int=9))
    repositories.documents.change(FAMILY_DOCTOR, gone)
    assert [found.facts for found in sets_for(repositories, DOCTOR)] == [SubmissionSetMetadata()]


def test_a_visible_member_that_is_deleted_or_archived_hides_nothing(repositories: Repositories) -> None:
    deleted, archived = stored_document(), stored_document()
    submitted(repositories, stored_document(), deleted, archived)
    for document, status in ((deleted, DocumentStatus.DELETED), (archived, DocumentStatus.ARCHIVED)):
        after = changed(document.document, status=status, entry_uuid=UUID(int=9))
        repositories.documents.change(FAMILY_DOCTOR, after)
    assert [found.facts for found in sets_for(repositories, permit_with(Limits()))] == [CLAIMS]


def test_what_was_said_is_shown_when_the_hidden_member_is(repositories: Repositories) -> None:
    hidden = stored_document(masked=True)
    submitted(repositories, stored_document(), hidden)
    unmasked = changed(hidden.document, visibility=(), entry_uuid=UUID(int=9))
    repositories.documents.change(FAMILY_DOCTOR, unmasked)
    assert [found.facts for found in sets_for(repositories, DOCTOR)] == [CLAIMS]
