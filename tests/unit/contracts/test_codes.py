"""Code tables return the row of every known code and raise UnknownCode for any other."""

import pytest

from contracts.codes.documents import class_of, document_classes, document_types, section_of, type_of
from contracts.codes.formats import MediaType, format_of_media_type, format_of_templates
from contracts.codes.habilitation import Coverage, MatrixCell, matrix, matrix_from, matrix_text
from contracts.codes.profession_codes import is_retired, profession_of, profession_of_specialty, professions
from contracts.codes.tables import UnknownCode
from contracts.vocabulary import Profession, Section


def test_every_type_has_labels_a_class_and_a_section() -> None:
    assert len(document_types()) == 102
    for code, row in document_types().items():
        assert row.fr and row.en
        assert class_of(code).code == row.class_code
        assert section_of(code) in Section


def test_every_class_and_every_section_is_used() -> None:
    assert {row.class_code for row in document_types().values()} == set(document_classes())
    assert {row.section for row in document_types().values()} == set(Section)


@pytest.mark.parametrize(
    ("code", "section"),
    [
        ("SYNTH", Section.SYNTHESE),
        ("57833-6", Section.TRAITEMENTS),
        ("60593-1", Section.TRAITEMENTS),
        ("11502-2", Section.ANALYSES),
        ("DOCPAT05", Section.ANALYSES),
        ("18748-4", Section.IMAGERIE),
        ("11490-0", Section.COMPTES_RENDUS),
        ("18761-7", Section.COMPTES_RENDUS),
        ("87273-9", Section.PREVENTION),
        ("11369-6", Section.PREVENTION),
        ("CERT_DECL", Section.CERTIFICATS),
        ("REMB", Section.REMBOURSEMENTS),
        ("EXPPAT_3", Section.ESPACE_PERSONNEL),
    ],
)
def test_types_are_in_the_expected_section(code: str, section: Section) -> None:
    assert section_of(code) is section


def test_the_last_known_template_gives_the_format() -> None:
    templates = ("1.2.250.1.213.1.1.1.1", "1.3.6.1.4.1.19376.1.3.3", "1.2.250.1.213.1.1.1.13:201310", "1.2.3")
    assert format_of_templates(templates) == "urn:asip:ci-sis:vsm:2012"


def test_a_profession_is_found_inside_a_specialty() -> None:
    assert profession_of_specialty("G15_10/SM26") == "10"
    assert profession_of_specialty("G15_60") == "60"
    assert profession_of_specialty("DISPOSITIF") is None
    assert profession_of_specialty("G16_10") is None


def test_retired_professions_are_those_the_law_names() -> None:
    assert {code for code in professions() if is_retired(code)} == {"35", "36", "37", "38", "39", "93"}


def test_every_profession_the_rules_name_is_in_the_table() -> None:
    for profession in Profession:
        assert profession_of(profession).fr and profession_of(profession).en


def test_the_matrix_denies_what_its_sources_quote_and_marks_what_they_do_not() -> None:
    assert not matrix().complete
    assert matrix().cell("21", "EXPPAT_3") == MatrixCell(readable=False, confirmed=True)
    assert matrix().cell("21", "11502-2") == MatrixCell(readable=True, confirmed=False)
    assert matrix().cell("10", "11502-2") == MatrixCell(readable=True, confirmed=True)
    assert matrix().cell("10", "ATTEST-RESID") == MatrixCell(readable=False, confirmed=True)
    assert matrix().cell("50", "11502-2") == MatrixCell(readable=True, confirmed=False)
    assert matrix().cell("50", "68599-0") == MatrixCell(readable=False, confirmed=False)


def test_every_profession_that_sources_name_as_a_reader_is_in_the_matrix() -> None:
    assert set(matrix().professions) == {"10", "21", "40", "50", "60", "70", "80", "91", "92", "94", "95", "96"}


def test_a_presumed_profession_reads_no_type_that_is_denied_to_any_other_but_doctors() -> None:
    rows = matrix().professions.values()
    known = {code for row in rows if row.coverage in {Coverage.LISTED, Coverage.PARTIAL} for code in row.denied}
    for row in rows:
        if row.coverage is Coverage.PRESUMED:
            assert row.denied >= known


def test_what_a_profession_may_read_is_every_known_type_but_the_denied() -> None:
    for code, row in matrix().professions.items():
        assert matrix().readable(code) | row.denied == set(document_types())
        assert not matrix().readable(code) & row.denied


def test_readable_cells_are_unconfirmed_unless_the_list_is_exhaustive() -> None:
    for code, row in matrix().professions.items():
        is_quoted = row.coverage is Coverage.EXHAUSTIVE
        assert matrix().unconfirmed(code) == (set() if is_quoted else matrix().readable(code))


def test_the_matrix_is_read_from_its_text() -> None:
    assert matrix_from(matrix_text()) == matrix()


@pytest.mark.parametrize("planted", ["00", "0-0"])
def test_a_matrix_that_names_an_unknown_code_does_not_load(planted: str) -> None:
    broken = matrix_text().replace('"21"' if planted == "00" else '"75496-0"', f'"{planted}"')
    with pytest.raises(UnknownCode):
        matrix_from(broken)


def test_every_type_of_file_has_a_format() -> None:
    assert all(format_of_media_type(media_type) for media_type in MediaType if media_type is not MediaType.CDA)


@pytest.mark.parametrize(
    "look_up",
    [
        lambda: type_of("0-0"),
        lambda: class_of(""),
        lambda: section_of("0-0"),
        lambda: format_of_templates(("1.2.3",)),
        lambda: format_of_templates(()),
        lambda: format_of_media_type("image/gif"),
        lambda: profession_of("00"),
        lambda: is_retired("00"),
        lambda: matrix().readable("86"),
        lambda: matrix().unconfirmed("86"),
        lambda: matrix().cell("86", "11502-2"),
        lambda: matrix().cell("10", "0-0"),
    ],
)
def test_an_unknown_code_is_an_error_and_never_a_default(look_up: object) -> None:
    assert callable(look_up)
    with pytest.raises(UnknownCode):
        look_up()
