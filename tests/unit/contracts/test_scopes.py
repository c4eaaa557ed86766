"""Scopes are read as a set, whatever is not understood grants nothing, and what is granted is said in one way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.scopes import ALL_SECTIONS, SECTIONS_SYSTEM, SUPPORTED, Scopes, read_scopes, write_scopes
from contracts.vocabulary import Section

ANALYSES = f"patient/DocumentReference.rs?category={SECTIONS_SYSTEM}|analyses"


@pytest.mark.parametrize(
    ("text", "granted"),
    [
        ("", Scopes()),
        ("patient/DocumentReference.rs", Scopes(sections=ALL_SECTIONS)),
        ("patient/DocumentReference.read", Scopes(sections=ALL_SECTIONS)),
        ("patient/DocumentReference.cruds", Scopes(sections=ALL_SECTIONS)),
        ("patient/*.rs", Scopes(sections=ALL_SECTIONS, identity=True)),
        ("patient/*.*", Scopes(sections=ALL_SECTIONS, identity=True)),
        ("patient/Patient.r", Scopes(identity=True)),
        ("patient/Patient.rs", Scopes(identity=True)),
        (ANALYSES, Scopes(sections=(Section.ANALYSES,))),
        (f"{ANALYSES} {ANALYSES}", Scopes(sections=(Section.ANALYSES,))),
        (
            "openid fhirUser offline_access launch/patient",
            Scopes(openid=True, fhir_user=True, offline=True, launch=True),
        ),
    ],
)
def test_what_scopes_come_to(text: str, granted: Scopes) -> None:
    assert read_scopes(text) == granted


@pytest.mark.parametrize(
    "text",
    [
        "patient/DocumentReference.r",
        "patient/DocumentReference.s",
        "patient/DocumentReference.",
        "patient/DocumentReference.sr",
        "patient/DocumentReference.cud",
        "patient/Patient.s",
        "patient/Patient.rs?category=x",
        "patient/Observation.rs",
        "user/DocumentReference.rs",
        "system/*.rs",
        "PATIENT/*.rs",
        "patient/DocumentReference.rs?category=http://loinc.org|11502-2",
        f"patient/DocumentReference.rs?category={SECTIONS_SYSTEM}|tout",
        f"patient/DocumentReference.rs?category={SECTIONS_SYSTEM}|analyses&type=x",
    ],
)
def test_whatever_is_not_understood_grants_nothing(text: str) -> None:
    assert read_scopes(text) == Scopes()


granted_scopes = st.builds(
    Scopes,
    sections=st.sets(st.sampled_from(Section)).map(lambda found: tuple(sorted(found))),
    identity=st.booleans(),
    offline=st.booleans(),
    openid=st.booleans(),
    fhir_user=st.booleans(),
    launch=st.booleans(),
)


@given(granted_scopes)
def test_what_is_written_reads_back_and_is_supported(scopes: Scopes) -> None:
    written = write_scopes(scopes)
    assert read_scopes(written) == scopes
    assert set(written.split()) <= set(SUPPORTED)


@given(granted_scopes, granted_scopes)
def test_what_two_hold_is_held_by_each(one: Scopes, other: Scopes) -> None:
    both = one.within(other)
    assert both == both.within(one) == both.within(other)
    assert both.reads <= (one.reads and other.reads)


@given(st.text(max_size=200))
def test_any_text_is_read_and_saying_it_twice_changes_nothing(text: str) -> None:
    assert read_scopes(f"{text} {text}") == read_scopes(text)
