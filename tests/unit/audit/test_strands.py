"""Lines shown together are one strand: a reader's view has no gap, and tells nothing of what it leaves out."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.audit import JournalEntry
from contracts.consent import Limits
from contracts.vocabulary import PLATFORM, Act, DocumentId, Outcome, Role
from services.audit.domain.strands import (
    End,
    Strand,
    StrandKey,
    hash_of,
    is_marked,
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
    ("marks", "place"),
    [
        ({}, OPEN),
        ({"document_id": DOCUMENT}, OPEN),
        ({"secret": True, "document_id": DOCUMENT}, SECRET),
        ({"withheld": True, "document_id": DOCUMENT}, HIDDEN),
        ({"secret": True, "withheld": True, "document_id": DOCUMENT}, SECRET_AND_HIDDEN),
        ({"patient_id": PLATFORM}, StrandKey(PLATFORM)),
    ],
)
def test_an_entry_belongs_where_its_marks_say(marks: dict[str, Any], place: StrandKey) -> None:
    assert strand_key_of(an_entry(**marks)) == place


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
    appeared = Strand(strand=uuid4(), place=StrandKey(PATIENT, True, DocumentId(UUID(int=9))), shown=True)
    others = [Strand(strand=uuid4(), place=place) for place in (OPEN, SECRET, HIDDEN, SECRET_AND_HIDDEN)]

    assert {strand.place for strand in shown_to([appeared, *others], limits)} == seen


def test_a_strand_goes_on_from_its_last_leaf() -> None:
    leaf = a_leaf(an_entry(), number=3)

    gone_on = Strand(strand=UUID(int=7), place=OPEN, number=2).after(leaf, hash_of(leaf))

    assert (gone_on.number, gone_on.hash) == (3, hash_of(leaf))


def test_a_strand_erased_and_gone_on_names_only_what_came_after() -> None:
    strand = Strand(strand=UUID(int=7), place=OPEN, number=5)
    assert not strand.names(5)

    again = strand.keyed_anew(b"wrapped")

    assert [again.names(number) for number in (1, 5, 6, 7)] == [False, False, True, True]


@pytest.mark.parametrize("role", Role)
def test_patients_cannot_be_searched_for(role: Role) -> None:
    assert is_marked(role) is (role not in {Role.PATIENT, Role.APP})


def test_time_in_the_journal_never_goes_back() -> None:
    noon, later = datetime(2026, 11, 30, 12, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)

    assert End().next_moment(noon) == noon
    assert End(size=1, recorded_at=noon).next_moment(later) == later
    assert End(size=1, recorded_at=later).next_moment(noon) == later


def test_the_first_line_of_each_month_is_known() -> None:
    last = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)

    assert End().is_first_of_month(last)
    assert not End(size=1, recorded_at=last.replace(day=1)).is_first_of_month(last)
    assert End(size=1, recorded_at=last).is_first_of_month(datetime(2026, 12, 1, tzinfo=UTC))
    assert month_of(last) == date(2026, 11, 1)
