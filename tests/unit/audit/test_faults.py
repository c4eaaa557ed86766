"""A fault names its place and kind in both languages, and the first of several is reported."""

from uuid import UUID

import pytest

from services.audit.domain.faults import Fault, FaultKind, earliest

STRAND = UUID(int=7)


def test_a_fault_in_a_line_names_position_strand_and_number() -> None:
    fault = Fault(FaultKind.LINK, position=41, strand=STRAND, number=3)

    assert str(fault) == (
        "position 41, fil / strand 00000000-0000-0000-0000-000000000007, ligne / line 3 : "
        "ne suit pas la ligne précédente du fil / does not follow the line before in its strand"
    )


def test_a_fault_names_only_the_places_it_knows() -> None:
    fault = Fault(FaultKind.STRAND_END, strand=STRAND, number=0)

    assert str(fault).startswith("fil / strand 00000000-0000-0000-0000-000000000007, ligne / line 0 : ")


def test_position_0_is_named_too() -> None:
    assert str(Fault(FaultKind.TILE, position=0)).startswith("position 0 : ")


def test_a_fault_without_a_place_names_the_journal() -> None:
    assert str(Fault(FaultKind.OUTSIDE_UNSIGNED)).startswith("journal : la tête présentée ")


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_of_fault_has_a_french_and_an_english_text(kind: FaultKind) -> None:
    french, english = kind.value.split(" / ")

    assert french.strip() != english.strip() != ""


def test_the_earliest_fault_is_the_one_at_the_lowest_position() -> None:
    first, later = Fault(FaultKind.TILE, position=0), Fault(FaultKind.LEAF, position=5)

    assert earliest([later, first]) is first


def test_a_fault_without_a_position_comes_after_all_that_have_one() -> None:
    without_position = Fault(FaultKind.STRAND_END, strand=STRAND, number=1)
    with_position = Fault(FaultKind.GAP, position=1_000)

    assert earliest([without_position, with_position]) is with_position
    assert earliest([without_position]) is without_position


def test_of_faults_at_one_position_the_one_found_first_is_reported() -> None:
    first, second = Fault(FaultKind.HEAD_ROOT, position=5), Fault(FaultKind.LEAF, position=5)

    assert earliest([first, second]) is first


def test_without_faults_there_is_no_earliest_one() -> None:
    assert earliest([]) is None
