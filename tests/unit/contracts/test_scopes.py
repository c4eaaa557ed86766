"""Scopes are parsed as a set, unknown ones grant nothing, and granted ones are formatted canonically."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.scopes import ALL_SECTIONS, LONGEST, SECTIONS_SYSTEM, SUPPORTED, Scopes, read_scopes, write_scopes
from contracts.vocabulary import Section

ANALYSES = f"patient/DocumentReference.rs?category={SECTIONS_SYSTEM}|analyses"


EVERYTHING = Scopes(sections=ALL_SECTIONS, identity=True, identity_search=True, binaries=True, lists=True)


@pytest.mark.parametrize(
    ("text", "granted"),
    [
        ("", Scopes()),
        ("patient/DocumentReference.rs", Scopes(sections=ALL_SECTIONS)),
        ("patient/DocumentReference.read", Scopes(sections=ALL_SECTIONS)),
        ("patient/DocumentReference.cruds", Scopes(sections=ALL_SECTIONS)),
        ("patient/*.rs", EVERYTHING),
        ("patient/*.*", EVERYTHING),
        ("patient/Patient.r", Scopes(identity=True)),
        ("patient/Patient.rs", Scopes(identity=True, identity_search=True)),
        ("patient/Binary.r patient/List.rs", Scopes(binaries=True, lists=True)),
        ("patient/Binary.s patient/List.r", Scopes()),
        (ANALYSES, Scopes(sections=(Section.ANALYSES,))),
        (f"{ANALYSES} {ANALYSES}", Scopes(sections=(Section.ANALYSES,))),
        (
            "openid fhirUser offline_access launch/patient",
            Scopes(openid=True, fhir_user=True, offline=True, launch=True),
        ),
    ],
)
def test_scopes_are_parsed(text: str, granted: Scopes) -> None:
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
def test_unknown_scopes_grant_nothing(text: str) -> None:
    assert read_scopes(text) == Scopes()


granted_scopes = st.builds(
    Scopes,
    sections=st.sets(st.sampled_from(Section)).map(lambda found: tuple(sorted(found))),
    identity=st.booleans(),
    offline=st.booleans(),
    openid=st.booleans(),
    fhir_user=st.booleans(),
    launch=st.booleans(),
).map(lambda scopes: msgspec.structs.replace(scopes, binaries=bool(scopes.sections), lists=bool(scopes.sections)))


@given(granted_scopes)
def test_written_scopes_parse_back_and_are_supported(scopes: Scopes) -> None:
    written = write_scopes(scopes)
    assert read_scopes(written) == scopes
    assert set(written.split()) <= set(SUPPORTED)


@given(st.sets(st.sampled_from(SUPPORTED)).map(sorted))
def test_nothing_is_granted_beyond_the_words_that_were_asked_for(words: list[str]) -> None:
    granted = set(write_scopes(read_scopes(" ".join(words))).split())
    # All sections by name are the whole.
    if {word for word in SUPPORTED if "?category=" in word} <= set(words):
        granted.discard("patient/DocumentReference.rs")
    assert granted <= set(words)


@given(granted_scopes, granted_scopes)
def test_the_intersection_is_within_both(first: Scopes, second: Scopes) -> None:
    both = first.within(second)
    assert both == both.within(first) == both.within(second)
    assert both.reads <= (first.reads and second.reads)


@given(st.text(max_size=200))
def test_any_text_parses_and_repetition_changes_nothing(text: str) -> None:
    assert read_scopes(f"{text} {text}") == read_scopes(text)


def test_a_scope_that_is_cut_at_the_longest_text_grants_nothing() -> None:
    narrowed = f"patient/DocumentReference.rs?category={SECTIONS_SYSTEM}|{ALL_SECTIONS[0]}"
    whole = narrowed.partition("?")[0]
    for start, granted in ((LONGEST - len(whole), False), (LONGEST - len(narrowed), True)):
        assert bool(read_scopes(f"{'x' * (start - 1)} {narrowed}").sections) is granted
    assert read_scopes(f"{'x' * (LONGEST - len(whole) - 1)} {whole} openid").sections == ALL_SECTIONS
