"""A fault says where it lies and what does not hold, in both languages, and the first of several is told."""

from uuid import UUID

import pytest

from services.audit.domain.faults import Fault, Wrong, earliest

STRAND = UUID(int=7)


def test_a_fault_in_a_line_says_its_position_its_strand_and_its_number() -> None:
    fault = Fault(Wrong.LINK, position=41, strand=STRAND, number=3)

    assert str(fault) == (
        "position 41, fil / strand 00000000-0000-0000-0000-000000000007, ligne / line 3 : "
        "ne suit pas la ligne précédente du fil / does not follow the line before in its strand"
    )


def test_a_fault_says_only_the_places_it_knows() -> None:
    fault = Fault(Wrong.STRAND_END, strand=STRAND, number=0)

    assert str(fault).startswith("fil / strand 00000000-0000-0000-0000-000000000007, ligne / line 0 : ")


def test_the_first_position_is_a_place_like_any_other() -> None:
    assert str(Fault(Wrong.TILE, position=0)).startswith("position 0 : ")


def test_a_fault_without_a_place_lies_in_the_journal() -> None:
    assert str(Fault(Wrong.OUTSIDE_UNSIGNED)).startswith("journal : la tête présentée ")


@pytest.mark.parametrize("wrong", Wrong)
def test_whatever_is_wrong_is_said_once_in_french_and_once_in_english(wrong: Wrong) -> None:
    french, english = wrong.value.split(" / ")

    assert french.strip() != english.strip() != ""


def test_the_earliest_fault_is_the_one_at_the_lowest_position() -> None:
    at_once, later = Fault(Wrong.TILE, position=0), Fault(Wrong.LEAF, position=5)

    assert earliest([later, at_once]) is at_once


def test_a_fault_without_a_position_comes_after_all_that_have_one() -> None:
    nowhere, somewhere = Fault(Wrong.STRAND_END, strand=STRAND, number=1), Fault(Wrong.GAP, position=1_000)

    assert earliest([nowhere, somewhere]) is somewhere
    assert earliest([nowhere]) is nowhere


def test_of_faults_at_one_position_the_one_found_first_is_told() -> None:
    first, second = Fault(Wrong.HEAD_ROOT, position=5), Fault(Wrong.LEAF, position=5)

    assert earliest([first, second]) is first


def test_where_nothing_is_wrong_there_is_no_earliest_fault() -> None:
    assert earliest([]) is None
