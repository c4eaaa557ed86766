"""Versions of the text with which a patient consents to the opening of their record, and messages about it."""

import msgspec

OPENING_TEXTS = ("2026-12",)
"""Versions, oldest first; a text that was shown never changes, a new wording is a new version."""


class ConsentText(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the text, in French and English; `current`: the one to show from now on."""

    version: str
    current: bool
    fr: str
    en: str


class ConsentTexts(msgspec.Struct, frozen=True, kw_only=True):
    """Every version, newest first."""

    opening: tuple[ConsentText, ...]
