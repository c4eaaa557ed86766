"""The repositories return exactly the documents that `can_see` allows, on every page."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.db import make_engine
from contracts.consent.decisions import Limits, MaskedAccess
from contracts.consent.permits import Permit
from contracts.records.pages import PageShown
from contracts.vocabulary import DocumentStatus, PatientId, Role, Rpps, Section
from services.records.domain import StoredDocument
from services.records.domain.permits import can_see
from services.records.repositories.all import Repositories
from tests.integration.records.stored_documents import ALL, store, walk
from tests.unit.records.specimens import (
    DAY,
    DEPOSITOR,
    HOUR,
    NOW,
    OTHER,
    PATIENT,
    STRANGER,
    WRITER,
    permit_with,
    stored_document,
)

TICK = timedelta(microseconds=1)
SECTIONS = (Section.ANALYSES, Section.IMAGERIE, Section.PREVENTION)
TYPES = ("11502-2", "68599-0")
NOBODY = PatientId(UUID(int=3))
ALONE = Rpps("89990000039")
"""Wrote and deposited one and the same document."""

DIFFERENCES: dict[str, tuple[Any, ...]] = {
    "status": tuple(DocumentStatus),
    "masked": (False, True),
    "secret": (False, True),
    "invisible_until": (None, NOW - DAY, NOW, NOW + TICK, NOW + DAY),
    "section": SECTIONS,
    "type_code": TYPES,
    "hands": ((DEPOSITOR, WRITER), (WRITER, DEPOSITOR), (ALONE, ALONE), (DEPOSITOR, "")),
}

SOME_LIMITS = st.builds(
    Limits,
    denied_types=st.sampled_from([(), TYPES[:1], TYPES[1:], TYPES, ("nothing-has-it",)]),
    masked=st.sampled_from(MaskedAccess),
    own_only=st.booleans(),
    own_of_any_type=st.booleans(),
    sections=st.sampled_from([None, (), SECTIONS[:1], SECTIONS[1:], SECTIONS]),
    hides_invisible=st.booleans(),
    hides_secret=st.booleans(),
    superseded=st.booleans(),
    archived=st.booleans(),
)
READERS = st.sampled_from([DEPOSITOR, WRITER, ALONE, STRANGER, None])
PERMITS = st.builds(lambda limits, reader: permit_with(limits, reader=reader), SOME_LIMITS, READERS)

ONE_LIMIT = [
    ALL,
    Limits(masked=MaskedAccess.ALL, archived=True),
    Limits(masked=MaskedAccess.ALL, superseded=True),
    Limits(masked=MaskedAccess.OWN, superseded=True, archived=True),
    *(
        Limits(masked=MaskedAccess.ALL, superseded=True, archived=True, **limit)
        for limit in (
            {"denied_types": TYPES[:1]},
            {"own_only": True},
            {"denied_types": TYPES[:1], "own_of_any_type": True},
            {"sections": SECTIONS[:1]},
            {"hides_invisible": True},
            {"hides_secret": True},
        )
    ),
]


def a_record(size: int) -> list[StoredDocument]:
    """Documents of different kinds; each five have the same date, so that pages end between equal dates."""
    kinds = [dict(zip(DIFFERENCES, values, strict=True)) for values in product(*DIFFERENCES.values())]
    chosen = random.Random(size).sample(kinds, size)
    return [document_of(kind, age=number // 5) for number, kind in enumerate(chosen)]


def document_of(kind: Mapping[str, Any], *, age: int) -> StoredDocument:
    different = {name: value for name, value in kind.items() if name != "hands"}
    depositor, author = kind["hands"]
    return stored_document(depositor=depositor, author=author, created_at=NOW - age * HOUR, **different)


@pytest.fixture
def record(database: Callable[[str], str]) -> Iterator[tuple[Repositories, list[StoredDocument]]]:
    """Repositories with documents of PATIENT, whom the permits are for, and of OTHER."""
    engine = make_engine(database("records"), size=1)
    entries = a_record(96)
    with engine.connect() as connection:
        repositories = Repositories(connection)
        store(repositories, *entries)
        store(repositories, *a_record(95), patient_id=OTHER)
        yield repositories, entries
    engine.dispose()


def within(permit: Permit, entries: list[StoredDocument]) -> list[StoredDocument]:
    """The documents that `can_see` allows, in the order of a list."""
    newest = sorted(entries, key=lambda entry: (entry.document.created_at, entry.document.document_id), reverse=True)
    return [entry for entry in newest if can_see(permit, entry)]


def check_same(
    repositories: Repositories, permit: Permit, entries: list[StoredDocument], *, count: int, section: Section | None
) -> None:
    """Compare the list, the numbers of its sections and each read by id with `can_see`."""
    visible = within(permit, entries)
    assert repositories.documents.counts(permit) == Counter(entry.document.section for entry in visible)
    listed = [entry.document for entry in visible if section in {None, entry.document.section}]
    assert walk(repositories, permit, section=section, count=count) == listed
    by_id = {
        entry.document.document_id: repositories.documents.get(permit, entry.document.document_id)
        for entry in entries
    }
    assert {key: value for key, value in by_id.items() if value is not None} == {
        entry.document.document_id: entry for entry in visible
    }


def test_each_limit_hides_exactly_what_can_see_hides(record: tuple[Repositories, list[StoredDocument]]) -> None:
    repositories, entries = record
    for reader in (DEPOSITOR, WRITER, ALONE, STRANGER, None):
        for limits in ONE_LIMIT:
            check_same(repositories, permit_with(limits, reader=reader), entries, count=100, section=None)


def test_a_page_is_compared_with_what_can_see_shows(record: tuple[Repositories, list[StoredDocument]]) -> None:
    """Of what is hidden from its reader nothing counts as new, and what was shown and is hidden counts as gone."""
    repositories, entries = record
    for reader, limits in product((DEPOSITOR, WRITER, STRANGER, None), ONE_LIMIT):
        permit = permit_with(limits, reader=reader)
        visible = within(permit, entries)
        for shown, section, read_at in product((visible, visible[1:], entries[::5]), (None, SECTIONS[0]), (-1, 1)):
            page = PageShown(
                role=Role.PROFESSIONAL,
                reader=reader or "",
                patient_id=PATIENT,
                documents=tuple(entry.document.document_id for entry in shown),
                limits="",
                at=NOW + read_at * HOUR,
                section=section,
            )
            others = [each for each in visible if each not in shown and section in {None, each.document.section}]
            # All were deposited between the two moments.
            is_new = bool(others) and read_at < 0
            assert repositories.documents.compare(permit, page) == (sum(each in visible for each in shown), is_new)


def test_each_limit_hides_something_in_this_record() -> None:
    entries = a_record(96)
    for reader in (WRITER, STRANGER, None):
        counts = [len(within(permit_with(limits, reader=reader), entries)) for limits in ONE_LIMIT]
        assert all(fewer < counts[0] for fewer in counts[1:]), counts


# One database for all examples: nothing here writes.
@settings(max_examples=120, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(permit=PERMITS, count=st.sampled_from([1, 2, 7, 30, 100]), section=st.sampled_from([None, *SECTIONS]))
def test_combined_limits_hide_exactly_what_can_see_hides(
    record: tuple[Repositories, list[StoredDocument]], permit: Permit, count: int, section: Section | None
) -> None:
    repositories, entries = record
    check_same(repositories, permit, entries, count=count, section=section)


def test_another_patients_permit_finds_nothing_here(record: tuple[Repositories, list[StoredDocument]]) -> None:
    repositories, entries = record
    for patient_id in (OTHER, NOBODY):
        permit = permit_with(ALL, reader=DEPOSITOR, patient_id=patient_id)
        ours = {entry.document.document_id for entry in entries}
        assert ours.isdisjoint(document.document_id for document in walk(repositories, permit, count=100))
        assert all(repositories.documents.get(permit, document_id) is None for document_id in ours)
