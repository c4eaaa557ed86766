"""The words of journal lines on the pages, in tables by code: the browser makes the same words of what is proven."""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from contracts.audit import Acting, JournalLine
from contracts.codes.profession_codes import professions
from contracts.dates import PARIS
from contracts.vocabulary import Act, Outcome, Role
from translations.catalogue import TextsOfCodes, catalogue
from translations.journal import (
    ACTS_DONE,
    ACTS_REFUSED,
    ALLOWED,
    CAPACITIES,
    MODES,
    REFUSED,
    ROLES,
    for_others,
    is_about_software,
)

_TEXTS = catalogue("journal")
_OF_READERS = {
    "done": ACTS_DONE,
    "refused": ACTS_REFUSED,
    "modes": MODES,
    "allowed": ALLOWED,
    "reasons": REFUSED,
    "capacities": CAPACITIES,
}
"""Tables that say something else to the holder than to others."""

Words = dict[str, Any]


@cache
def words_of(language: str) -> Words:
    """Tables of one language; `holder` and `others` are those that depend on the reader."""
    _ = _TEXTS.in_language(language)
    return {
        "holder": {name: _table(texts, language) for name, texts in _OF_READERS.items()},
        "others": {
            name: {code: for_others(text, language) for code, text in _table(texts, language).items()}
            for name, texts in _OF_READERS.items()
        },
        "roles": {role: _heading(text) for role, text in _table(ROLES, language).items()},
        "professions": {row.code: (row.en if language == "en" else row.fr).lower() for row in professions().values()},
        "about_software": sorted(act for act in Act if is_about_software(act)),
        "number": _("number"),
        "structure": _("structure"),
        "you": _heading(_("person.you")),
        "the_holder": _heading(_("person.holder")),
        "erased": _heading(_("person.erased")),
        "other_reason": _("refused_for_another_reason"),
        "did": _("sentence.did"),
        "was_refused": _("sentence.was_refused"),
        "you_did": _("sentence.you_did"),
        "you_were_refused": _("sentence.you_were_refused"),
    }


class PersonWords(NamedTuple):
    """Who acted, with profession and structure where there are any."""

    name: str
    profession: str = ""
    structure: str = ""

    @property
    def detail(self) -> str:
        """`médecin · structure n° 990000044`"""
        return " · ".join(filter(None, (self.profession, self.structure)))


def person_words(by: Acting, role: Role, words: Words, *, to_holder: bool) -> PersonWords:
    """Who acted, as a heading."""
    if by.erased:
        return PersonWords(words["erased"])
    if by.reader or by.holder:
        return PersonWords(words["you" if by.reader else "the_holder"])
    if role is Role.PATIENT:
        return PersonWords(_heading(words["holder" if to_holder else "others"]["capacities"][by.capacity]))
    return PersonWords(
        by.name or words["roles"][role],
        words["professions"].get(by.profession, ""),
        words["structure"].format(number=by.structure) if by.structure else "",
    )


def act_words(line: JournalLine, words: Words, *, to_holder: bool) -> tuple[str, str]:
    """What was done or refused, and how or why."""
    of_reader, allowed = words["holder" if to_holder else "others"], line.outcome is Outcome.ALLOWED
    by = line.by or Acting()
    act = of_reader["done" if allowed else "refused"][line.act]
    pattern = (
        words["you_did" if allowed else "you_were_refused"]
        if by.reader
        else words["did" if allowed else "was_refused"]
    )
    about = line.about if is_about_software(line.act) or not line.about else words["number"].format(number=line.about)
    reason = of_reader["allowed"].get(line.reason, "") if allowed else _refusal(line.reason, of_reader, words)
    parts = (about, of_reader["modes"].get(line.mode, ""), reason)
    return pattern.format(who="", act=act).strip(), ", ".join(filter(None, parts))


def day_of(moment: datetime) -> str:
    """The day of a line in Paris, `YYYY-MM-DD`."""
    return f"{moment.astimezone(PARIS):%Y-%m-%d}"


def _refusal(reason: str, of_reader: dict[str, dict[str, str]], words: Words) -> str:
    """A later version may have written a code that this one does not know."""
    return of_reader["reasons"].get(reason) or str(words["other_reason"])


def _heading(text: str) -> str:
    return text[:1].upper() + text[1:]


def _table(texts: TextsOfCodes, language: str) -> dict[str, str]:
    return {code: texts.text(code, language) for code in texts.keys}
