"""The search index of documents, and new submission sets."""

from uuid import UUID

import msgspec
import pytest

from contracts.cda import CdaAuthor, CdaIdentifier
from contracts.codes.systems import CLASSES, FRENCH_FORMATS
from contracts.errors.execution import SubmissionSetTooLarge
from contracts.records.submission_sets import SubmissionSetMetadata
from contracts.vocabulary import Coded
from services.records.domain.indexing import index_of, normalized_name
from services.records.domain.submission_sets import check_set_size, lot_ids_in, submission_set_of, unique_id_of
from tests.unit.records.specimens import DAY, DEPOSITOR, NOW, document, metadata_of, professional


def test_codes_are_indexed_with_and_without_their_system() -> None:
    entry = document(type_code="11502-2")
    metadata = metadata_of(
        entry, events=(Coded("E", "1.2"),), facility=Coded("SA01"), setting=Coded("ETABLISSEMENT", "1.3")
    )
    tokens = set(index_of(entry, metadata).tokens)
    assert {"type:11502-2", "type:2.16.840.1.113883.6.1|11502-2", "event:1.2|E", "facility:SA01"} <= tokens
    assert {"setting:1.3|ETABLISSEMENT", "class:10", "format:urn:x"} <= tokens
    assert {"type:2.16.840.1.113883.6.1|", "setting:1.3|", "facility:|SA01"} <= tokens
    assert {f"class:{CLASSES}|10", f"class:{CLASSES}|", f"format:{FRENCH_FORMATS}|urn:x"} <= tokens
    assert not {"type:|11502-2", "class:|10", "facility:|"} & tokens
    assert not any(token.startswith("related:") for token in tokens)


def test_authors_are_indexed_by_identifier_structure_and_name() -> None:
    author = CdaAuthor(
        identifier=CdaIdentifier(root="1.2", extension="8999"),
        structure=CdaIdentifier(root="1.9"),
        family_name="Müller-Éluard",
        given_name="Zoë  Anne",
    )
    entry = document()
    index = index_of(entry, metadata_of(entry, authors=(author, CdaAuthor())))
    assert {"author:8999", "author:1.2|8999", "structure:1.9", "structure:1.9|1.9"} <= set(index.tokens)
    assert (index.families, index.givens) == ("|muller-eluard|", "|zoe anne|")
    assert index_of(entry, metadata_of(entry, authors=())).families == ""


def test_the_separator_is_removed_from_names() -> None:
    assert normalized_name("A|B") == "a b"


def test_a_document_is_indexed_by_the_one_it_replaces() -> None:
    entry = msgspec.structs.replace(document(), replaces="1.2.2")
    assert "related:1.2.2" in index_of(entry, metadata_of(entry)).tokens


def test_a_logical_id_is_read_from_the_unique_id_made_of_it_and_from_no_other() -> None:
    for lot_id in (UUID(int=0), UUID(int=7), UUID(int=(1 << 128) - 1)):
        assert lot_ids_in([unique_id_of(lot_id)]) == [lot_id]
    assert lot_ids_in(["1.2.7", "2.25.", "2.25.x", "2.25.٣", f"2.25.{1 << 128}", f"2.25.{'9' * 5000}"]) == []


def test_a_submission_set_without_unique_id_and_date_gets_them() -> None:
    completed = submission_set_of(SubmissionSetMetadata(), professional(DEPOSITOR), lot_id=UUID(int=7), now=NOW)
    assert (completed.unique_id, completed.submitted_at, completed.depositor) == (
        "2.25.7",
        NOW,
        professional(DEPOSITOR),
    )
    own = submission_set_of(
        SubmissionSetMetadata(unique_id="1.2", submitted_at=NOW - DAY),
        professional(DEPOSITOR),
        lot_id=UUID(int=7),
        now=NOW,
    )
    assert (own.unique_id, own.submitted_at) == ("1.2", NOW - DAY)


@pytest.mark.parametrize("count", [0, 4])
def test_a_submission_set_is_neither_empty_nor_too_large(count: int) -> None:
    check_set_size(3, 3)
    with pytest.raises(SubmissionSetTooLarge):
        check_set_size(count, 3)
