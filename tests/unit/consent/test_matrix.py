"""Versions of the matrix: validation as a whole, differences."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from chassis.editions import Edition
from contracts.codes.documents import document_types
from contracts.codes.habilitation import Coverage, Matrix, MatrixRow, matrix, matrix_text
from contracts.codes.profession_codes import professions
from contracts.codes.tables import UnknownCode
from contracts.consent.matrices import MatrixDiff
from contracts.errors.execution import ServiceUnavailable
from contracts.errors.request import MatrixInvalid
from services.consent.domain.matrix import (
    check_matrix,
    diff_of,
    entitlement_in,
    entitlement_of,
    read_matrix,
    ruling_of,
)
from services.consent.repositories.matrices import MATRICES

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
DENIED = {"10": ["ATTEST-RESID"], "21": ["75496-0", "34842-5"]}
TYPES = st.frozensets(st.sampled_from(sorted(document_types())), max_size=6)
ROWS = st.builds(MatrixRow, coverage=st.sampled_from(Coverage), denied=TYPES)
TABLES = st.builds(
    Matrix,
    version=st.just("v"),
    published=st.just(TODAY),
    effective=st.just(TODAY),
    complete=st.booleans(),
    professions=st.dictionaries(st.sampled_from(sorted(professions())), ROWS, min_size=1, max_size=4),
)


def text_of(denied: Mapping[str, list[str]] = DENIED, **fields: Any) -> str:
    rows = {code: {"coverage": "listed", "denied": types} for code, types in denied.items()}
    body = {"version": "v1", "published": "2026-01-01", "effective": "2026-03-02", "complete": True}
    return json.dumps(body | {"professions": rows} | fields)


def edition(version: str, text: str) -> Edition:
    return Edition(version=version, effective=TODAY, text=text)


def cause_of(text: str) -> str:
    with pytest.raises(MatrixInvalid) as refused:
        read_matrix(text)
    return refused.value.details["cause"]


def readable_cells(table: Matrix) -> set[tuple[str, str]]:
    return {(profession, code) for profession in table.professions for code in table.readable(profession)}


def applied(diff: MatrixDiff, table: Matrix) -> tuple[set[str], set[tuple[str, str]]]:
    opened = {(cell.profession, cell.type_code) for cell in diff.cells if cell.readable}
    shut = {(cell.profession, cell.type_code) for cell in diff.cells if not cell.readable}
    known = (set(table.professions) - set(diff.professions_removed)) | set(diff.professions_added)
    return known, (readable_cells(table) - shut) | opened


# Entitlement


def test_denied_types_of_a_profession_are_sorted() -> None:
    entitlement = entitlement_of(read_matrix(text_of()))
    assert entitlement.denied("21") == ("34842-5", "75496-0")
    assert (entitlement.version, entitlement.effective) == ("v1", TODAY)


@given(TABLES, st.one_of(st.none(), st.text(), st.sampled_from(sorted(professions()))))
def test_a_profession_the_matrix_does_not_know_is_refused(table: Matrix, profession: str | None) -> None:
    assert (entitlement_of(table).denied(profession) is None) == (profession not in table.professions)


@given(TABLES, st.text(), st.sampled_from(sorted(professions())))
def test_a_cell_that_is_not_in_the_matrix_is_not_readable(table: Matrix, code: str, profession: str) -> None:
    if profession not in table.professions or code not in document_types():
        with pytest.raises(UnknownCode):
            table.cell(profession, code)


@given(TABLES)
def test_every_type_is_either_denied_or_readable(table: Matrix) -> None:
    entitlement = entitlement_of(table)
    for profession in table.professions:
        denied = set(entitlement.denied(profession) or ())
        assert denied | table.readable(profession) == set(document_types())
        assert not denied & table.readable(profession)


@pytest.mark.parametrize("profession", ["10", "00", None])
def test_an_invalid_version_has_no_denied_types(profession: str | None) -> None:
    entitlement = entitlement_in(edition("v1", text_of({"00": []})))
    with pytest.raises(ServiceUnavailable):
        entitlement.denied(profession)


# Reading


def test_the_built_in_version_is_valid() -> None:
    assert read_matrix(matrix_text()) == matrix()


@given(TABLES)
def test_a_matrix_survives_encoding(table: Matrix) -> None:
    assert read_matrix(msgspec.json.encode(table).decode()) == table


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "unreadable JSON"),
        ("{", "unreadable JSON"),
        ("\ud800", "unreadable JSON"),
        ("[]", "unexpected shape"),
        ("[" * 100_000, "unexpected shape"),
        (text_of(complete="yes"), "unexpected shape : complete"),
        (text_of(effective="2 mars"), "unexpected shape : effective"),
        (text_of(remark="new"), "unexpected shape"),
        (
            text_of(professions={"10": {"coverage": "all", "denied": []}}),
            "unexpected shape : professions[...].coverage",
        ),
        (text_of({}), "no profession"),
        (text_of({"00": []}), "unknown profession : 00"),
        (text_of({"10": ["0-0"]}), "unknown type : 0-0"),
        (text_of({"10": ["Madame Dupont, 12 rue de la Paix"]}), "unknown type : ?"),
        (text_of(version=""), "version name"),
        (text_of(version="../v2"), "version name"),
        (text_of(version="v" * 65), "version name"),
        (text_of().replace('"21"', '"10"'), "same key twice"),
        (text_of().replace('"complete"', '"version": "v2", "complete"'), "same key twice"),
    ],
)
def test_an_invalid_text_is_refused_with_a_short_cause(text: str, cause: str) -> None:
    found = cause_of(text)
    assert found.endswith(cause)
    assert len(found) < 100


@given(st.text())
def test_any_invalid_text_is_refused(text: str) -> None:
    assert cause_of(text)


# Loading


def test_a_version_takes_effect_today_or_later() -> None:
    for day in (TODAY, TODAY + DAY):
        check_matrix(read_matrix(text_of(effective=day.isoformat())), [], TODAY)
    with pytest.raises(MatrixInvalid):
        check_matrix(read_matrix(text_of(effective="2026-03-01")), [], TODAY)


def test_a_version_name_is_used_once() -> None:
    with pytest.raises(MatrixInvalid):
        check_matrix(read_matrix(text_of(version="v1")), [edition("v0", "{"), edition("v1", "{")], TODAY)


# What changes


@given(TABLES, TABLES)
def test_a_diff_applied_to_the_old_version_gives_the_new_one(old: Matrix, new: Matrix) -> None:
    assert applied(diff_of(new, old), old) == (set(new.professions), readable_cells(new))


@given(TABLES)
def test_a_version_changes_nothing_against_itself(table: Matrix) -> None:
    diff = diff_of(table, table)
    assert not (diff.cells or diff.professions_added or diff.professions_removed or diff.loaded)


def test_a_diff_names_each_cell_that_changes() -> None:
    old, new = read_matrix(text_of()), read_matrix(text_of({"10": [], "21": ["75496-0", "34842-5"]}, version="v2"))
    [cell] = diff_of(new, old).cells
    assert (cell.profession, cell.type_code, cell.readable) == ("10", "ATTEST-RESID", True)


def test_readable_cells_that_no_source_confirms_are_counted() -> None:
    rows = {
        "10": MatrixRow(Coverage.EXHAUSTIVE, frozenset()),
        "60": MatrixRow(Coverage.PARTIAL, frozenset({"75496-0"})),
    }
    table = msgspec.structs.replace(matrix(), professions=rows)
    assert diff_of(table, matrix()).unconfirmed == len(document_types()) - 1


def test_the_operator_is_warned_of_cells_that_no_source_confirms_when_a_version_is_read() -> None:
    confirmed = msgspec.structs.replace(matrix(), professions={"10": matrix().row("10")})
    for table, warned in ((matrix(), True), (confirmed, False)):
        with capture_logs() as logs:
            MATRICES.parse(edition(table.version, msgspec.json.encode(table).decode()))
        count = diff_of(table, table).unconfirmed
        expected = {
            "event": "matrix_unconfirmed",
            "log_level": "warning",
            "name": table.version,
            "count": count,
        }
        assert logs == ([expected] if warned else [])


def test_compared_with_an_invalid_version_everything_is_new() -> None:
    diff = diff_of(read_matrix(text_of()), ruling_of(edition("broken", "{")))
    assert (diff.against, diff.professions_added, diff.professions_removed) == ("broken", ("10", "21"), ())
