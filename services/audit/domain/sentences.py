"""A journal line as a French and an English sentence for one reader: who did what, in which mode and why."""

import re
from typing import NamedTuple

from contracts.audit import JournalLine
from contracts.codes import UnknownCode, profession_of
from contracts.envelope import Actor
from contracts.vocabulary import AccessMode, Act, Capacity, Outcome, PatientId, Role
from services.audit.domain.act_texts import ACT_TEXTS
from services.audit.domain.reasons import ALLOWED, REFUSED, UNKNOWN_REFUSAL, ReasonText
from services.audit.domain.strands import OpenedLine


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


MODES: dict[AccessMode, ReasonText] = {
    AccessMode.NORMAL: ReasonText("", ""),
    AccessMode.BRIS_DE_GLACE: ReasonText("bris de glace", "break-glass"),
    AccessMode.CENTRE_15: ReasonText("centre 15", "emergency call centre"),
}

BY_ROLE: dict[Role, ReasonText] = {
    Role.PATIENT: ReasonText("un autre usager", "another user"),
    Role.PROFESSIONAL: ReasonText("un professionnel de santé", "a health professional"),
    Role.AGENT: ReasonText("un agent habilité", "an authorised agent"),
    Role.FEEDER: ReasonText("l'Assurance Maladie", "the Assurance Maladie"),
    Role.APP: ReasonText("une application", "an app"),
    Role.OPERATOR: ReasonText("l'exploitant de la plateforme", "the operator of the platform"),
    Role.SERVICE: ReasonText("la plateforme Carnet", "the Carnet platform"),
}

BY_CAPACITY: dict[Capacity, ReasonText] = {
    Capacity.SELF: BY_ROLE[Role.PATIENT],
    Capacity.REPRESENTANT_LEGAL: ReasonText("votre représentant légal", "your legal representative"),
    Capacity.AIDANT: ReasonText("votre aidant", "your caregiver"),
}

_YOU = ReasonText("vous", "you")
_HOLDER = ReasonText("le titulaire", "the holder")
_ERASED = ReasonText("identité effacée", "identity erased")
_ERASED_SUBJECT = ReasonText("une personne dont l'identité est effacée", "somebody whose identity was erased")

# Phrases to the holder, and as another reader reads them; longer phrases first.
_TO_OTHERS_FR = (
    ("de votre dossier", "du dossier"),
    ("votre dossier", "le dossier"),
    ("de votre compte", "du compte"),
    ("votre compte", "le compte"),
    ("votre autorisation", "l'autorisation du titulaire"),
    ("votre opposition", "l'opposition du titulaire"),
    ("votre représentant légal", "un représentant légal"),
    ("votre aidant", "un aidant"),
    ("que vous avez autorisée", "que le titulaire a autorisée"),
    ("que vous n'avez pas donné", "que le titulaire n'a pas donné"),
    ("vous l'avez bloqué", "bloqué par le titulaire"),
    ("vous vous y êtes opposé", "le titulaire s'y est opposé"),
)
_TO_OTHERS_EN = (
    ("your record", "the record"),
    ("your account", "the account"),
    ("your authorisation", "the holder's authorisation"),
    ("your opposition", "the holder's opposition"),
    ("your legal representative", "a legal representative"),
    ("your caregiver", "a caregiver"),
    ("you have authorised", "the holder has authorised"),
    ("you have not given", "the holder has not given"),
    ("you have blocked them", "blocked by the holder"),
    ("you have opposed it", "opposed by the holder"),
)

_ABOUT_SOFTWARE = frozenset(
    {
        Act.AUTORISATION_APPLICATION,
        Act.FIN_APPLICATION,
        Act.REFERENCEMENT_APPLICATION,
        Act.SUSPENSION_LOGICIEL,
        Act.QUOTA_LOGICIEL,
    }
)
"""`about` of these is the name or number of a registered software, which is public."""

_NUMBER_OF_SOMEBODY = re.compile(r"[0-9]{11}|[0-9AB]{9}")
"""RPPS or FINESS; any other `about` is not shown."""


def render(line: OpenedLine, holder: PatientId, reader: Actor) -> JournalLine:
    """A line of the holder's journal for this reader; the id of another patient is left out."""
    leaf, sentence = line.leaf, _Sentence(line, holder, reader)
    return JournalLine(
        number=leaf.number,
        at=leaf.at,
        act=Act(leaf.act),
        outcome=Outcome(leaf.outcome),
        reason=leaf.reason,
        who=sentence.person("fr").alone,
        fr=sentence.french(),
        en=sentence.english(),
        actor_role=sentence.role,
        actor=sentence.actor_to_show,
        mode=AccessMode(leaf.mode),
        document_id=None if line.personal is None else line.personal.document_id,
        position=line.position,
        strand=str(leaf.strand),
    )


class _Sentence:
    """The parts of a sentence about one line for one reader."""

    def __init__(self, line: OpenedLine, holder: PatientId, reader: Actor) -> None:
        self.role = Role(line.leaf.role)
        self._leaf = line.leaf
        self._personal = line.personal
        self._actor = "" if line.personal is None else line.personal.actor
        self._to_holder = reader.is_patient(holder)
        self._is_patient = self.role is Role.PATIENT and line.personal is not None
        self._is_reader = self._is_patient and reader.role is Role.PATIENT and self._actor == reader.subject
        self._is_holder = self._is_patient and self._actor == str(holder)
        self._allowed = line.leaf.outcome == Outcome.ALLOWED

    @property
    def actor_to_show(self) -> str:
        """The actor's id, unless it is another patient's."""
        is_anothers = self.role is Role.PATIENT and not (self._is_reader or self._is_holder)
        return "" if is_anothers else self._actor

    def person(self, language: str) -> NamedPerson:
        if self._personal is None:
            return NamedPerson(_in(language, _ERASED))
        if self._is_reader:
            return NamedPerson(_in(language, _YOU))
        if self._is_holder:
            return NamedPerson(_in(language, _HOLDER))
        if self._is_patient:
            return NamedPerson(self._to_reader(language, BY_CAPACITY[self._personal.capacity]))
        profession = _in(language, _profession(self._personal.profession)).lower()
        return NamedPerson(self._personal.actor_name or _in(language, BY_ROLE[self.role]), profession)

    def french(self) -> str:
        act_text = ACT_TEXTS[Act(self._leaf.act)]
        done, noun = (
            self._to_reader("fr", ReasonText(act_text.fr_done, "")),
            self._to_reader("fr", ReasonText(act_text.fr_noun, "")),
        )
        if self._is_reader:
            start = f"Vous avez {done}" if self._allowed else f"Vous vous êtes vu refuser {noun}"
        else:
            who = self._subject("fr")
            start = f"{who} a {done}" if self._allowed else f"{who} s'est vu refuser {noun}"
        refusal = "" if self._allowed else f" : {self._to_reader('fr', self._refusal())}"
        return f"{start}{self._circumstances('fr')}{refusal}."

    def english(self) -> str:
        act_text = ACT_TEXTS[Act(self._leaf.act)]
        done, verb = (
            self._to_reader("en", ReasonText("", act_text.en_done)),
            self._to_reader("en", ReasonText("", act_text.en_verb)),
        )
        if self._is_reader:
            start = f"You {done}" if self._allowed else f"You were not allowed to {verb}"
        else:
            who = self._subject("en")
            start = f"{who} {done}" if self._allowed else f"{who} was not allowed to {verb}"
        refusal = "" if self._allowed else f": {self._to_reader('en', self._refusal())}"
        return f"{start}{self._circumstances('en')}{refusal}."

    def _subject(self, language: str) -> str:
        erased = self._personal is None
        words = _in(language, _ERASED_SUBJECT) if erased else self.person(language).as_subject
        return words[:1].upper() + words[1:]

    def _circumstances(self, language: str) -> str:
        """The part in brackets: whom it is about, the mode unless normal, and why it was allowed."""
        why = ALLOWED.get(self._leaf.reason, ReasonText("", "")) if self._allowed else ReasonText("", "")
        parts = (self._about(), MODES[AccessMode(self._leaf.mode)], why)
        text = ", ".join(part for words in parts if (part := self._to_reader(language, words)))
        return f" ({text})" if text else ""

    def _about(self) -> ReasonText:
        about = "" if self._personal is None else self._personal.about
        if Act(self._leaf.act) in _ABOUT_SOFTWARE:
            return ReasonText(about, about)
        if not _NUMBER_OF_SOMEBODY.fullmatch(about):
            return ReasonText("", "")
        return ReasonText(f"n° {about}", f"no. {about}")

    def _refusal(self) -> ReasonText:
        return REFUSED.get(self._leaf.reason, UNKNOWN_REFUSAL)

    def _to_reader(self, language: str, words: ReasonText) -> str:
        text = _in(language, words)
        if self._to_holder:
            return text
        for to_holder, to_others in _TO_OTHERS_FR if language == "fr" else _TO_OTHERS_EN:
            text = text.replace(to_holder, to_others)
        return text


def _in(language: str, words: ReasonText) -> str:
    return words.fr if language == "fr" else words.en


def _profession(code: str | None) -> ReasonText:
    try:
        row = profession_of(code or "")
    except UnknownCode:
        return ReasonText("", "")
    return ReasonText(row.fr, row.en)
