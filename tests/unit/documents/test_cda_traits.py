"""The traits that a CDA header states of its patient, as national samples and older software write them."""

import pytest

from contracts.traits import ClaimedTraits
from services.documents.cda import MalformedCdaError, read_header
from services.documents.cda_traits import MAX_NAME_PARTS
from tests.unit.documents.specimens import edited, vsm

SEX = "administrativeGenderCode"


def traits_in(document: bytes) -> ClaimedTraits:
    return read_header(document).patient.traits


def named(names: str) -> bytes:
    """A document whose patient has these name parts."""
    start, rest = vsm().split(b"<patient>", 1)
    return start + b"<patient><name>" + names.encode() + rest[rest.index(b"</name>") :]


def test_a_header_states_birth_name_given_names_birth_date_and_sex() -> None:
    assert traits_in(vsm()) == ClaimedTraits(
        birth_names=("ESSAI-MARTIN",),
        birth_given_names=("CAMILLE",),
        given_names=("CAMILLE JEANNE",),
        birth_date="1985-07-14",
        sex="F",
    )


@pytest.mark.parametrize(
    ("names", "birth_names", "family_names", "birth_given_names"),
    [
        ('<family qualifier="BR">A</family><family qualifier="SP">B</family>', ("A",), (), ()),
        ('<family qualifier="BR">A</family><given qualifier="CL">C</given>', ("A",), (), ()),
        ('<family qualifier="BR CL">A</family><given qualifier="BR">C</given>', ("A",), (), ("C",)),
        ('<family qualifier="BR">A</family><family qualifier="BR">B</family>', ("A B",), (), ()),
        ("<family>A</family>", (), ("A",), ()),
        ('<family qualifier="CL">A</family>', (), (), ()),
        ('<family qualifier="BR" nullFlavor="UNK"/>', (), (), ()),
        ('<family qualifier="BR">A</family></name><name use="P"><family>Z</family>', ("A",), ("Z",), ()),
    ],
)
def test_birth_names_are_told_from_used_names(
    names: str, birth_names: tuple[str, ...], family_names: tuple[str, ...], birth_given_names: tuple[str, ...]
) -> None:
    found = traits_in(named(names))
    assert (found.birth_names, found.family_names, found.birth_given_names) == (
        birth_names,
        family_names,
        birth_given_names,
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('value="19850714"', "1985-07-14"),
        ('value="198507141030+0100"', "1985-07-14"),
        ('value="198507"', "1985-07"),
        ('value="1985"', "1985"),
        ('value="19850000"', "1985"),
        ('value="19850700"', "1985-07"),
        ('value="19852000"', "1985"),
        ('value="00000000"', ""),
        ('value="14/07/1985"', ""),
        ('nullFlavor="UNK"', ""),
    ],
)
def test_only_what_is_known_of_a_birth_date_is_kept(written: str, expected: str) -> None:
    assert traits_in(edited(vsm(), 'birthTime value="19850714"', f"birthTime {written}")).birth_date == expected


def test_a_header_without_a_patient_states_nothing() -> None:
    document = vsm()
    start, end = document.index(b"<patient>"), document.index(b"</patient>")
    assert traits_in(document[:start] + document[end + len(b"</patient>") :]) == ClaimedTraits()


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("<patient>", "<patient><name/></patient><patient>", "patient"),
        ("<birthTime", '<birthTime value="1985"/><birthTime', "birthTime"),
        ("<administrativeGenderCode", f"<{SEX}/><{SEX}", SEX),
        ("ESSAI-MARTIN", "A" * 501, "family"),
        ("<birthTime", "<name>" + "<given>A</given>" * (MAX_NAME_PARTS + 1) + "</name><birthTime", "name"),
    ],
)
def test_doubled_and_endless_traits_are_refused(old: str, new: str, field: str) -> None:
    with pytest.raises(MalformedCdaError) as refused:
        read_header(edited(vsm(), old, new))
    assert refused.value.field == field
