"""Lines shown together are one strand, so that a reader's view has no gap and does not reveal hidden lines."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.audit import JournalEntry
from contracts.consent.decisions import Limits
from contracts.vocabulary import PLATFORM, Act, DocumentId, Outcome, Role
from services.audit.domain.leaf import personal_of
from services.audit.domain.strands import (
    JournalEnd,
    Strand,
    StrandKey,
    about_no_patient,
    hash_of,
    is_actor_searchable,
    month_of,
    shown_to,
    strand_key_of,
    strand_keys_shown_by,
)
from tests.unit.audit.builders import PATIENT, a_leaf, an_entry

DOCUMENT = DocumentId(UUID(int=4))
OPEN, SECRET = StrandKey(PATIENT), StrandKey(PATIENT, secret=True)
HIDDEN, SECRET_AND_HIDDEN = StrandKey(PATIENT, document_id=DOCUMENT), StrandKey(PATIENT, True, DOCUMENT)


@pytest.mark.parametrize(
    ("flags", "strand_key"),
    [
        ({}, OPEN),
        ({"document_id": DOCUMENT}, OPEN),
        ({"secret": True, "document_id": DOCUMENT}, SECRET),
        ({"withheld": True, "document_id": DOCUMENT}, HIDDEN),
        ({"secret": True, "withheld": True, "document_id": DOCUMENT}, SECRET_AND_HIDDEN),
        ({"patient_id": PLATFORM}, StrandKey(PLATFORM)),
    ],
)
def test_the_strand_of_an_entry_follows_from_its_flags(flags: dict[str, Any], strand_key: StrandKey) -> None:
    assert strand_key_of(an_entry(**flags)) == strand_key


def test_an_entry_about_nobody_is_the_platforms_and_keeps_what_was_named_in_its_personal_part() -> None:
    entry = about_no_patient(an_entry(secret=True, withheld=True, document_id=DOCUMENT, about="10100000001"))
    assert strand_key_of(entry) == StrandKey(PLATFORM)
    personal = personal_of(entry)
    assert (personal.about, personal.document_id) == (f"10100000001 {PATIENT}", DOCUMENT)


def test_a_document_that_appears_shows_both_its_strands() -> None:
    appeared = an_entry(act=Act.REMISE_VISIBILITE, document_id=DOCUMENT)

    assert set(strand_keys_shown_by(appeared)) == {HIDDEN, SECRET_AND_HIDDEN}


@pytest.mark.parametrize(
    "entry",
    [
        an_entry(act=Act.REMISE_VISIBILITE, document_id=DOCUMENT, outcome=Outcome.REFUSED),
        an_entry(act=Act.REMISE_VISIBILITE),
        an_entry(act=Act.MODIF_VISIBILITE, document_id=DOCUMENT),
    ],
    ids=["refused", "no document", "another act"],
)
def test_nothing_else_shows_a_strand(entry: JournalEntry) -> None:
    assert strand_keys_shown_by(entry) == ()


@pytest.mark.parametrize(
    ("limits", "seen"),
    [
        (Limits(), {OPEN, SECRET, StrandKey(PATIENT, True, DocumentId(UUID(int=9)))}),
        (Limits(hides_secret=True), {OPEN}),
    ],
)
def test_each_reader_is_shown_their_strands(limits: Limits, seen: set[StrandKey]) -> None:
    appeared = Strand(id=uuid4(), strand_key=StrandKey(PATIENT, True, DocumentId(UUID(int=9))), shown=True)
    others = [Strand(id=uuid4(), strand_key=strand_key) for strand_key in (OPEN, SECRET, HIDDEN, SECRET_AND_HIDDEN)]

    assert {strand.strand_key for strand in shown_to([appeared, *others], limits)} == seen


def test_a_strand_ends_with_its_last_leaf() -> None:
    leaf = a_leaf(an_entry(), number=3)

    extended = Strand(id=UUID(int=7), strand_key=OPEN, number=2).after(leaf, hash_of(leaf))

    assert (extended.number, extended.hash) == (3, hash_of(leaf))


def test_a_strand_continued_after_an_erasure_names_only_later_lines() -> None:
    strand = Strand(id=UUID(int=7), strand_key=OPEN, number=5)
    assert not strand.names(5)

    continued = strand.with_new_key(b"wrapped")

    assert [continued.names(number) for number in (1, 5, 6, 7)] == [False, False, True, True]


@pytest.mark.parametrize("role", Role)
def test_patients_and_apps_cannot_be_searched_for(role: Role) -> None:
    assert is_actor_searchable(role) is (role not in {Role.PATIENT, Role.APP})


def test_times_in_the_journal_never_go_back() -> None:
    noon, later = datetime(2026, 11, 30, 12, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)

    assert JournalEnd().next_moment(noon) == noon
    assert JournalEnd(size=1, recorded_at=noon).next_moment(later) == later
    assert JournalEnd(size=1, recorded_at=later).next_moment(noon) == later


def test_the_first_line_of_each_month_is_recognised() -> None:
    last = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)

    assert JournalEnd().is_first_of_month(last)
    assert not JournalEnd(size=1, recorded_at=last.replace(day=1)).is_first_of_month(last)
    assert JournalEnd(size=1, recorded_at=last).is_first_of_month(datetime(2026, 12, 1, tzinfo=UTC))
    assert month_of(last) == date(2026, 11, 1)
