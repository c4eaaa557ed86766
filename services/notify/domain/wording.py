"""Codes and notices as people read them, French first; they never say what is in the record."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from contracts.notify import TO_PROFESSIONALS_ONLY, Notice, NoticeCode
from services.notify.domain.notices import NOTICES, StoredNotice
from translations.catalogue import LANGUAGES, TextsOfCodes, catalogue

_TEXTS = catalogue("notices")


class Words(NamedTuple):
    """Of each notice a short title, and one or two sentences."""

    titles: TextsOfCodes
    sentences: TextsOfCodes


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message to a person; `id` stays the same when it is sent again."""

    id: str
    subject: str
    text: str


def _words(reader: str, codes: Iterable[NoticeCode]) -> Words:
    wanted = tuple(codes)
    return Words(_TEXTS.of_codes(f"{reader}.{{}}.title", wanted), _TEXTS.of_codes(f"{reader}.{{}}.text", wanted))


TO_HOLDER = _words("holder", (code for code in NoticeCode if code not in TO_PROFESSIONALS_ONLY))
TO_PROFESSIONALS = _words(
    "professional", (*(rule.code for rule in NOTICES if rule.professionals), *TO_PROFESSIONALS_ONLY)
)
"""They do not say which patient."""


def notice_of(stored: StoredNotice) -> Notice:
    """A notice as the portal shows it."""
    fr, en = (TO_HOLDER.sentences.text(stored.code, language) for language in ("fr", "en"))
    return Notice(
        id=str(stored.notice_id), code=stored.code, at=stored.at, fr=fr, en=en, sent=stored.sent, unread=stored.unread
    )


def letter_of_notice(code: NoticeCode, *, to_holder: bool, letter_id: str, count: int = 1) -> Letter:
    """A notice as it is sent; `count`: how many of this kind it stands for."""
    words = TO_HOLDER if to_holder else TO_PROFESSIONALS
    return _letter(
        letter_id,
        (words.titles.text(code, language) for language in LANGUAGES),
        (words.sentences.text(code, language) + _times(count, language) for language in LANGUAGES),
    )


def _times(count: int, language: str) -> str:
    _ = _TEXTS.in_language(language)
    return "" if count == 1 else " " + _("digest.times").format(count=count)


def letter_of_code(code: str, minutes: int, *, letter_id: str) -> Letter:
    """A one-time code as it is sent."""
    texts = [_TEXTS.in_language(language) for language in LANGUAGES]
    return _letter(
        letter_id,
        (_("code.title") for _ in texts),
        (_("code.text").format(code=code, minutes=minutes) for _ in texts),
    )


def _letter(letter_id: str, titles: Iterable[str], texts: Iterable[str]) -> Letter:
    return Letter(id=letter_id, subject=f"Carnet : {' / '.join(titles)}", text="\n".join(texts))
