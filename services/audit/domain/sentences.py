"""A journal line as a sentence in each language for one reader: who did what, in which mode and why."""

from collections.abc import Collection
from typing import NamedTuple

from contracts.audit import Acting, JournalLine
from contracts.codes.profession_codes import profession_of
from contracts.codes.tables import UnknownCode
from contracts.envelope import Actor
from contracts.vocabulary import AccessMode, Act, Outcome, PatientId, Role
from services.audit.domain.strands import OpenedLine
from translations.catalogue import catalogue
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
    shown_about,
)

_TEXTS = catalogue("journal")


class NamedPerson(NamedTuple):
    """Who acted: name or role, and profession if any."""

    name: str
    profession: str = ""

    @property
    def alone(self) -> str:
        """`Dr Rosa Lind (médecin)`"""
        return f"{self.name} ({self.profession})" if self.profession else self.name

    @property
    def as_subject(self) -> str:
        """`Dr Rosa Lind, médecin,`"""
        return f"{self.name}, {self.profession}," if self.profession else self.name


def render(line: OpenedLine, ids: Collection[PatientId], reader: Actor) -> JournalLine:
    """A line of the holder's journal for this reader; the id of another patient is left out.

    Args:
        ids: all ids of the holder.
    """
    leaf, sentence = line.leaf, _Sentence(line, ids, reader)
    return JournalLine(
        number=leaf.number,
        at=leaf.at,
        act=Act(leaf.act),
        outcome=Outcome(leaf.outcome),
        reason=leaf.reason,
        who=sentence.person("fr").alone,
        fr=sentence.text("fr"),
        en=sentence.text("en"),
        actor_role=sentence.role,
        actor=sentence.actor_to_show,
        mode=AccessMode(leaf.mode),
        document_id=None if line.personal is None else line.personal.document_id,
        position=line.position,
        strand=str(leaf.strand),
        by=sentence.acting,
        about=sentence.about_to_show,
    )


class _Sentence:
    """The parts of a sentence about one line for one reader."""

    def __init__(self, line: OpenedLine, ids: Collection[PatientId], reader: Actor) -> None:
        self.role = Role(line.leaf.role)
        self._leaf = line.leaf
        self._personal = line.personal
        self._actor = "" if line.personal is None else line.personal.actor
        self._to_holder = any(reader.is_patient(holder) for holder in ids)
        self._is_patient = self.role is Role.PATIENT and line.personal is not None
        self._is_holder = self._is_patient and self._actor in map(str, ids)
        is_own = reader.role is Role.PATIENT and self._actor == reader.subject
        self._is_reader = self._is_patient and (is_own or (self._is_holder and self._to_holder))
        self._allowed = line.leaf.outcome == Outcome.ALLOWED

    @property
    def actor_to_show(self) -> str:
        """The actor's id, unless it is another patient's."""
        is_anothers = self.role is Role.PATIENT and not (self._is_reader or self._is_holder)
        return "" if is_anothers else self._actor

    @property
    def about_to_show(self) -> str:
        """What the act is about, where it is no patient."""
        return "" if self._personal is None else shown_about(Act(self._leaf.act), self._personal.about)

    @property
    def acting(self) -> Acting:
        """Who acted, in codes."""
        personal = self._personal
        if personal is None:
            return Acting(erased=True)
        if self._is_patient:
            return Acting(reader=self._is_reader, holder=self._is_holder, capacity=personal.capacity)
        return Acting(name=personal.actor_name, profession=personal.profession, structure=personal.structure)

    def person(self, language: str) -> NamedPerson:
        _ = _TEXTS.in_language(language)
        if self._personal is None:
            return NamedPerson(_("person.erased"))
        if self._is_reader:
            return NamedPerson(_("person.you"))
        if self._is_holder:
            return NamedPerson(_("person.holder"))
        if self._is_patient:
            return NamedPerson(self._to_reader(CAPACITIES.text(self._personal.capacity, language), language))
        name = self._personal.actor_name or ROLES.text(self.role, language)
        return NamedPerson(name, _profession(self._personal.profession, language).lower())

    def text(self, language: str) -> str:
        _ = _TEXTS.in_language(language)
        acts = ACTS_DONE if self._allowed else ACTS_REFUSED
        act = self._to_reader(acts.text(self._leaf.act, language), language)
        if self._is_reader:
            start = (_("sentence.you_did") if self._allowed else _("sentence.you_were_refused")).format(act=act)
        else:
            start = (_("sentence.did") if self._allowed else _("sentence.was_refused")).format(
                who=self._subject(language), act=act
            )
        sentence = start + self._circumstances(language)
        if not self._allowed:
            sentence = _("sentence.because").format(sentence=sentence, reason=self._refusal(language))
        return f"{sentence}."

    def _subject(self, language: str) -> str:
        _ = _TEXTS.in_language(language)
        words = _("person.erased_subject") if self._personal is None else self.person(language).as_subject
        return words[:1].upper() + words[1:]

    def _circumstances(self, language: str) -> str:
        """The part in brackets: whom it is about, the mode unless normal, and why it was allowed."""
        mode, reason = self._leaf.mode, self._leaf.reason
        parts = (
            self._about(language),
            MODES.text(mode, language) if mode in MODES else "",
            ALLOWED.text(reason, language) if self._allowed and reason in ALLOWED else "",
        )
        text = ", ".join(self._to_reader(part, language) for part in parts if part)
        return f" ({text})" if text else ""

    def _about(self, language: str) -> str:
        about = self.about_to_show
        if not about or is_about_software(Act(self._leaf.act)):
            return about
        _ = _TEXTS.in_language(language)
        return _("number").format(number=about)

    def _refusal(self, language: str) -> str:
        """Why it was refused; a later version may have written a code that this one does not know."""
        reason = self._leaf.reason
        _ = _TEXTS.in_language(language)
        text = REFUSED.text(reason, language) if reason in REFUSED else _("refused_for_another_reason")
        return self._to_reader(text, language)

    def _to_reader(self, text: str, language: str) -> str:
        return text if self._to_holder else for_others(text, language)


def _profession(code: str | None, language: str) -> str:
    try:
        row = profession_of(code or "")
    except UnknownCode:
        return ""
    return row.fr if language == "fr" else row.en
