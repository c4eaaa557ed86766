"""The law of access: every cell of law.md holds, and law.md is complete."""

import re
from itertools import groupby

import pytest

from contracts.consent.decisions import Purpose
from contracts.errors.registry import all_refusals
from contracts.errors.request import ConsentMissing
from contracts.vocabulary import AccessMode, RecordStatus, Role
from services.consent.domain.decide import decide
from services.consent.domain.facts import FactKind
from tests.support.comparisons import check_all
from tests.unit.consent.law_table import COLUMNS, ENTITLEMENT, LawCell, law_cells, sections
from translations.refusals import refusal_text

LAW = list(law_cells())


def row_of(cell: LawCell) -> str:
    return cell.name.partition(" | ")[0]


ROWS = {row: list(cells) for row, cells in groupby(LAW, row_of)}


@pytest.mark.parametrize("cells", ROWS.values(), ids=ROWS)
def test_the_law(cells: list[LawCell]) -> None:
    found = {cell.name: decide(cell.facts, cell.question, ENTITLEMENT) for cell in cells}
    check_all("cell of the law", found, {cell.name: cell.answer for cell in cells})


def test_cells_have_distinct_names() -> None:
    names = [cell.name for cell in LAW]
    assert len(names) == len(set(names)) == sum(len(cells) for cells in ROWS.values())


@pytest.mark.parametrize("section", sections().items(), ids=sections())
def test_every_section_quotes_its_rule_and_has_a_table(section: tuple[str, str]) -> None:
    heading, text = section
    number = heading.partition(".")[0]
    assert text.startswith("\n> ")
    assert re.search(rf"^\| {number}\.1 ", text, re.MULTILINE)


def test_the_law_covers_every_role_purpose_mode_status_and_kind_of_fact() -> None:
    assert {cell.question.actor.role for cell in LAW} == set(Role)
    assert {cell.question.purpose for cell in LAW} == set(Purpose)
    assert {cell.question.mode for cell in LAW} == set(AccessMode)
    assert {cell.question.record_status for cell in LAW} == {None, *RecordStatus}
    assert {fact.kind for cell in LAW for fact in cell.facts} == set(FactKind)


def test_every_column_is_used_and_every_refusal_is_defined() -> None:
    assert {cell.name.partition(" | ")[2].partition("/")[0] for cell in LAW} == set(COLUMNS)
    assert {cell.answer.refusal for cell in LAW if not cell.answer.allowed} <= set(all_refusals())


def test_the_refusal_for_missing_consent_says_how_to_obtain_it() -> None:
    for language in ("fr", "en"):
        assert "carte Vitale" in refusal_text(ConsentMissing(), language)
