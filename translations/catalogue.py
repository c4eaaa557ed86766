"""Texts by key and language, from compiled catalogues that a process reads once."""

import gettext
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

LANGUAGES = ("fr", "en")
FOLDER = Path(__file__).parent
"""Holds `<language>/LC_MESSAGES/<domain>.po` and, beside it, the `.mo` that set-up compiles."""


class CatalogueError(Exception):
    """A catalogue is not compiled or lacks a text; no process starts with such a catalogue."""


class Catalogue:
    """The texts of one domain in every language; they are read when first needed."""

    def __init__(self, domain: str, folder: Path = FOLDER) -> None:
        self.domain = domain
        self._folder = folder
        self._of_codes: list[TextsOfCodes] = []

    def in_language(self, language: str) -> Callable[[str], str]:
        """The function from key to text, by convention called `_`: Babel finds the keys of its calls in the code.

        Raises:
            CatalogueError: not compiled; the function raises it for a key without text.
        """
        return self._by_language[language]

    def of_codes(self, pattern: str, codes: Iterable[str]) -> "TextsOfCodes":
        """The texts of a closed list of codes, whose keys Babel cannot find in the code.

        Args:
            pattern: the key of a code, which stands for `{}`.
        """
        texts = TextsOfCodes(self, {str(code): pattern.format(code) for code in codes})
        self._of_codes.append(texts)
        return texts

    @property
    def keys_of_codes(self) -> frozenset[str]:
        """The keys of all closed lists."""
        return frozenset(key for texts in self._of_codes for key in texts.keys.values())

    def load(self) -> None:
        """Read every language.

        Raises:
            CatalogueError: not compiled, or a code has no text.
        """
        for text in self._by_language.values():
            for key in self.keys_of_codes:
                text(key)

    @cached_property
    def _by_language(self) -> dict[str, Callable[[str], str]]:
        return {language: self._read(language).gettext for language in LANGUAGES}

    def _read(self, language: str) -> gettext.NullTranslations:
        try:
            translations = gettext.translation(self.domain, self._folder, [language])
        except OSError:
            raise CatalogueError(f"{self.domain}.mo ({language}) is not compiled: make check does it") from None
        translations.add_fallback(_NoText(f"{self.domain} ({language})"))
        return translations


class TextsOfCodes:
    """The texts of a closed list of codes; `keys` by code."""

    def __init__(self, texts: Catalogue, keys: dict[str, str]) -> None:
        self.keys = keys
        self._catalogue = texts

    def __contains__(self, code: str) -> bool:
        return code in self.keys

    def text(self, code: str, language: str) -> str:
        """The text of one of the codes.

        Raises:
            KeyError: another code. CatalogueError: see `Catalogue.load`.
        """
        return self._by_language[language][code]

    @cached_property
    def _by_language(self) -> dict[str, dict[str, str]]:
        functions = {language: self._catalogue.in_language(language) for language in LANGUAGES}
        return {
            language: {code: text(key) for code, key in self.keys.items()} for language, text in functions.items()
        }


class _NoText(gettext.NullTranslations):
    """Ends the search for a text: gettext itself would give the key."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self._where = where

    def gettext(self, message: str) -> str:
        raise CatalogueError(f"{self._where} has no text for {message}")


_CATALOGUES: dict[str, Catalogue] = {}


def catalogue(domain: str) -> Catalogue:
    """The catalogue of a domain, one object per process."""
    return _CATALOGUES.setdefault(domain, Catalogue(domain))


def load_catalogues() -> None:
    """Read the catalogues that the imported modules use.

    Raises:
        CatalogueError: one of them is not compiled, or a code has no text.
    """
    for used in _CATALOGUES.values():
        used.load()
