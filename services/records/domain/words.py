"""Words that documents are searched for: their titles, types, authors and structures, without case and accents."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from contracts.codes.documents import document_types
from contracts.errors.request import InvalidRequest

_LONGEST, _MOST_WORDS, _MOST_PARTS = 100, 6, 12
_PART = re.compile(r"[^\W_]+")
LIGATURES = (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"))
"""Letters that are written as two where the keyboard lacks them, and that Unicode does not decompose."""
COMBINING = r"[\u0300-\u036f]"
"""Accents of decomposed letters, as a regular expression of Python and of PostgreSQL."""


@dataclass(frozen=True)
class SoughtWord:
    """A word without case and accents, and the codes of the types with it in their French or English name."""

    text: str
    types: tuple[str, ...]


def read_words(text: str) -> tuple[SoughtWord, ...]:
    """The words of a search, each of which a document must have; none for a blank text.

    Blanks, apostrophes, hyphens and the like part words; a text of nothing else is one word.

    Raises:
        InvalidRequest: more than 100 characters or six words, or a NUL.
    """
    if len(text) > _LONGEST or len(text.split()) > _MOST_WORDS or "\0" in text:
        raise InvalidRequest(field="words")
    plain = plain_text(text).strip()
    parts = dict.fromkeys(_PART.findall(plain) or ([plain] if plain else []))
    if len(parts) > _MOST_PARTS:
        raise InvalidRequest(field="words")
    return tuple(SoughtWord(part, _types_with(part)) for part in parts)


def plain_text(text: str) -> str:
    """In lower case, without accents and ligatures; PLAIN_TEXT of the repositories is the same in SQL."""
    letters = re.sub(COMBINING, "", unicodedata.normalize("NFKD", text))
    for letter, pair in LIGATURES:
        letters = letters.replace(letter, pair)
    return letters.lower()


def _types_with(word: str) -> tuple[str, ...]:
    return tuple(code for code, names in _names_of_types().items() if word in names)


@cache
def _names_of_types() -> dict[str, str]:
    return {code: plain_text(f"{row.fr}\n{row.en}") for code, row in document_types().items()}
