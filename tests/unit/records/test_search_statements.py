"""The SQL of a search does not grow with the number of values: each list is one parameter."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import and_, make_url

from contracts.records.searching import NamePart, NamePattern, SearchDocuments, SearchSubmissionSets
from contracts.vocabulary import DocumentId, DocumentStatus
from services.records.repositories import entries, submission_sets
from tests.unit.records.specimens import PATIENT


def statement(conditions: list[Any]) -> str:
    return str(and_(*conditions).compile(dialect=make_url("postgresql://").get_dialect()()))


def documents_with(count: int) -> SearchDocuments:
    texts, uuids = tuple(map(str, range(count))), tuple(UUID(int=number) for number in range(count))
    return SearchDocuments(
        patient_id=PATIENT,
        statuses=(DocumentStatus.CURRENT,) * count,
        tokens=(texts,),
        labels=(texts,),
        names=(NamePattern(part=NamePart.FAMILY, any_of=texts),),
        identifiers=(*texts, *map(str, uuids)),
        ids=tuple(map(DocumentId, uuids)),
    )


def submission_sets_with(count: int) -> SearchSubmissionSets:
    texts = tuple(map(str, range(count)))
    return SearchSubmissionSets(
        patient_id=PATIENT,
        content_types=(texts,),
        sources=texts,
        names=(NamePattern(part=NamePart.GIVEN, any_of=texts),),
        identifiers=texts,
        ids=tuple(UUID(int=number) for number in range(count)),
    )


@pytest.mark.parametrize("count", [2, 50])
def test_a_search_of_many_values_is_the_statement_of_one(count: int) -> None:
    single, many = (entries._conditions(documents_with(number)) for number in (1, count))
    assert statement(single) == statement(many)
    single, many = (submission_sets._conditions(submission_sets_with(number)) for number in (1, count))
    assert statement(single) == statement(many)
