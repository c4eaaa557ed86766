"""Words that documents are searched for."""

import pytest

from contracts.errors.request import InvalidRequest
from services.records.domain.words import read_words


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("  ", []),
        ("Échographie  CŒUR", ["echographie", "coeur"]),
        ("compte-rendu d\u2019hospitalisation", ["compte", "rendu", "d", "hospitalisation"]),
        ("HbA1c", ["hba1c"]),
        ("E\u0301cho echo", ["echo"]),
        ("100 %_", ["100"]),
        ("%", ["%"]),
    ],
)
def test_words_are_parted_and_compared_without_case_and_accents(text: str, parts: list[str]) -> None:
    assert [word.text for word in read_words(text)] == parts


def test_a_word_names_types_in_both_languages() -> None:
    [french], [english] = read_words("consultation"), read_words("VISIT")
    assert {"11488-4"} <= set(french.types) & set(english.types)
    assert "11502-2" not in french.types
    [everything] = read_words("%")
    assert everything.types == ()


@pytest.mark.parametrize("text", ["a" * 101, "a b c d e f g", "-".join("abcdefghijklm"), "a\0"])
def test_too_many_words_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        read_words(text)
    assert len(read_words("a b c d e f")) == 6
