"""Extracts of the Annuaire Santé as they are read: what is taken, what is left out and why, what is no extract."""

from pathlib import Path

import pytest

from samples.annuaire import ACTIVITY_COLUMNS, SKILL_COLUMNS, extract, line, rpps_of
from services.identity import domain
from services.identity.extracts import ExtractKind, ExtractRow, NotAnExtract, RejectReason, open_extract

ADA, BO = rpps_of(1), rpps_of(2)
HERE = "990000010"
NUMBER, FINESS = "Identifiant PP", "Numéro FINESS site"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "PS_LibreAcces.txt"


def read(file: Path, content: bytes) -> tuple[list[ExtractRow], dict[RejectReason, list[int]]]:
    """What an extract with this content states, and the lines it left out."""
    file.write_bytes(content)
    with open_extract(file) as found:
        rows = list(found.rows())
        assert found.done == len(content)
        return rows, {reason: lines.first for reason, lines in found.rejected.items()}


def ada(**more: str) -> str:
    return line({NUMBER: ADA, FINESS: HERE} | more)


def test_a_line_states_person_profession_specialty_and_place(file: Path) -> None:
    rows, refused = read(file, extract([ada()]))
    assert rows == [ExtractRow(ADA, "Dr", "ESSAI", "Agathe", "10", "SM26", HERE, "CABINET INVENTE")]
    assert refused == {}


def test_columns_are_found_by_name_whatever_their_order_case_and_apostrophe(file: Path) -> None:
    shuffled = list(reversed(ACTIVITY_COLUMNS))
    first, second = extract([line({NUMBER: ADA, FINESS: HERE}, shuffled)], shuffled).split(b"\n", 1)
    spelt = first.decode().upper().replace("'", "’").encode()
    assert read(file, b"\xef\xbb\xbf" + spelt + b"\n" + second) == read(file, extract([ada()]))


def test_the_last_bar_may_be_missing_on_either_side_and_lines_may_end_as_on_windows(file: Path) -> None:
    whole = extract([ada()])
    first, second, _ = whole.split(b"\n")
    for content in (first[:-1] + b"\n" + second, first + b"\n" + second[:-1], whole.replace(b"\n", b"\r\n")):
        assert read(file, content) == read(file, whole)


def test_a_shop_sign_goes_before_the_company_and_neither_is_needed(file: Path) -> None:
    sign = ada(**{"Enseigne commerciale site": "LES TILLEULS"})
    nameless = ada(**{"Raison sociale site": ""})
    rows, _ = read(file, extract([sign, nameless]))
    assert [row.structure for row in rows] == ["LES TILLEULS", None]


def test_only_an_ordinal_specialty_is_kept(file: Path) -> None:
    skill = ada(**{"Code type savoir-faire": "CEX", "Code savoir-faire": "C33"})
    [rows], _ = read(file, extract([skill]))
    assert rows.specialty is None


def test_a_professional_without_finess_number_is_taken_without_a_place(file: Path) -> None:
    [rows], refused = read(file, extract([line({NUMBER: ADA})]))
    assert (rows.rpps, rows.finess, refused) == (ADA, None, {})


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"Type d'identifiant PP": "0", NUMBER: "012600631"}, RejectReason.IDENTIFIER),
        ({"Code catégorie professionnelle": "E"}, RejectReason.STUDENT),
        ({NUMBER: ADA[:-1] + str((int(ADA[-1]) + 1) % 10)}, RejectReason.RPPS),
        ({NUMBER: ""}, RejectReason.RPPS),
        ({"Code profession": "71"}, RejectReason.PROFESSION),
        ({"Code profession": ""}, RejectReason.PROFESSION),
    ],
)
def test_a_line_of_somebody_else_is_left_out_and_counted(
    file: Path, values: dict[str, str], reason: RejectReason
) -> None:
    rows, refused = read(file, extract([line({NUMBER: BO}), ada(**values)]))
    assert [row.rpps for row in rows] == [BO]
    assert refused == {reason: [3]}


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (ada().encode().replace("Médecin".encode(), b"M\xe9decin"), RejectReason.ENCODING),
        (ada().encode().replace(b"ESSAI", b"ES\x00SAI"), RejectReason.ENCODING),
        (ada().encode() + b"|", RejectReason.FIELDS),
        (ada().encode()[:-20], RejectReason.FIELDS),
        (ada(**{"Nom d'exercice": ""}).encode(), RejectReason.NAME),
        (ada(**{FINESS: "99000001"}).encode(), RejectReason.FINESS),
        (ada(**{"Raison sociale site": "x" * 70_000}).encode(), RejectReason.FIELDS),
    ],
)
def test_a_broken_line_states_nothing_but_whose_it_is(file: Path, broken: bytes, reason: RejectReason) -> None:
    rows, refused = read(file, extract([line({NUMBER: BO})]) + broken + b"\n" + f"{line({NUMBER: BO})}\n".encode())
    assert [row.rpps for row in rows] == [BO, ADA, BO]
    assert rows[1] == ExtractRow(ADA)
    assert refused == {reason: [3]}


def test_all_refused_lines_are_counted_and_the_first_five_named(file: Path) -> None:
    file.write_bytes(extract([ada(**{"Code profession": "71"})] * 12))
    with open_extract(file) as found:
        assert list(found.rows()) == []
        assert found.rejected[RejectReason.PROFESSION].count == 12
        assert found.rejected[RejectReason.PROFESSION].first == [2, 3, 4, 5, 6]


def test_specialties_may_come_in_a_file_of_their_own(file: Path) -> None:
    file.write_bytes(extract([line({NUMBER: ADA}, SKILL_COLUMNS)], SKILL_COLUMNS))
    with open_extract(file) as found:
        assert found.kind is ExtractKind.SKILLS
        assert list(found.rows()) == [ExtractRow(ADA, profession="10", specialty="SM26")]


def test_activities_may_come_without_specialties(file: Path) -> None:
    bare = [name for name in ACTIVITY_COLUMNS if "savoir-faire" not in name]
    file.write_bytes(extract([line({NUMBER: ADA}, bare)], bare))
    with open_extract(file) as found:
        assert (found.kind, found.has_specialties) == (ExtractKind.ACTIVITIES, False)
        assert [row.specialty for row in found.rows()] == [None]


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"<html></html>", b"\xff\xfe\x00|", b"rpps|nom\n1|2\n", b"x" * 10**6]
)
def test_what_is_no_extract_is_refused_with_what_it_lacks(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(NotAnExtract) as refused, open_extract(file):
        pass
    assert "identifiant pp" in refused.value.missing


@pytest.mark.parametrize(
    "name", [NUMBER, FINESS, "Code profession", "Nom d'exercice", "Code catégorie professionnelle"]
)
def test_an_extract_without_a_needed_column_is_refused(file: Path, name: str) -> None:
    columns = [column for column in ACTIVITY_COLUMNS if column != name and "savoir-faire" not in column]
    file.write_bytes(extract([], columns))
    with pytest.raises(NotAnExtract) as refused, open_extract(file):
        pass
    assert refused.value.missing == (name.casefold(),)


@pytest.mark.parametrize("number", ["990000010", "2A0000010", "2B0000010"])
def test_a_finess_number_is_recognised(number: str) -> None:
    assert domain.is_finess(number)


@pytest.mark.parametrize("number", ["", "99000001", "9900000100", "2C0000010", "990000010\n", "F90000010"])
def test_a_wrong_finess_number_is_recognised(number: str) -> None:
    assert not domain.is_finess(number)


@pytest.mark.parametrize(
    ("gone", "known", "too_many"), [(0, 0, False), (1, 19, True), (1, 20, False), (5, 100, False), (6, 100, True)]
)
def test_more_than_a_twentieth_gone_is_too_many(gone: int, known: int, too_many: bool) -> None:
    assert domain.retires_too_many(gone, known) is too_many
