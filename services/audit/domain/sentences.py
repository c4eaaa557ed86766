"""How a line reads: who did what, in which mode and why, as a French and an English sentence."""

from typing import NamedTuple

from contracts.audit import JournalLine
from contracts.codes import UnknownCode, profession_of
from contracts.vocabulary import AccessMode, Act, Outcome, Role
from services.audit.domain.chain import Line
from services.audit.domain.reasons import ALLOWED, REFUSED, UNKNOWN_REFUSAL, Reason


class Deed(NamedTuple):
    """An act as a participle after « a » and a noun after « s'est vu refuser », as a past tense and an infinitive."""

    fr_done: str
    fr_noun: str
    en_done: str
    en_verb: str


class Person(NamedTuple):
    """Who acted: by name or by role, and the profession where there is one."""

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


DEEDS: dict[Act, Deed] = {
    Act.OUVERTURE_DOSSIER: Deed(
        "ouvert votre dossier", "l'ouverture de votre dossier", "opened your record", "open your record"
    ),
    Act.CONSULTATION_LISTE: Deed(
        "consulté la liste des documents",
        "la consultation de la liste des documents",
        "read the list of documents",
        "read the list of documents",
    ),
    Act.CONSULTATION_DOCUMENT: Deed(
        "consulté un document", "la consultation d'un document", "read a document", "read a document"
    ),
    Act.DEPOT_DOCUMENT: Deed("déposé un document", "le dépôt d'un document", "added a document", "add a document"),
    Act.MODIF_VISIBILITE: Deed(
        "modifié la visibilité d'un document",
        "la modification de la visibilité d'un document",
        "changed who can see a document",
        "change who can see a document",
    ),
    Act.AJOUT_AUTORISATION: Deed(
        "déclaré votre autorisation",
        "la déclaration de votre autorisation",
        "declared your authorisation",
        "declare your authorisation",
    ),
    Act.FIN_AUTORISATION: Deed(
        "mis fin à une autorisation", "la fin d'une autorisation", "ended an authorisation", "end an authorisation"
    ),
    Act.NOMMER_MEDECIN_TRAITANT: Deed(
        "désigné un médecin traitant",
        "la désignation d'un médecin traitant",
        "named a médecin traitant",
        "name a médecin traitant",
    ),
    Act.BLOCAGE: Deed(
        "bloqué un professionnel", "le blocage d'un professionnel", "blocked a professional", "block a professional"
    ),
    Act.DEBLOCAGE: Deed(
        "débloqué un professionnel",
        "le déblocage d'un professionnel",
        "unblocked a professional",
        "unblock a professional",
    ),
    Act.OPPOSITION_URGENCE: Deed(
        "modifié votre opposition à un accès en urgence",
        "la modification de votre opposition à un accès en urgence",
        "changed your opposition to an emergency access",
        "change your opposition to an emergency access",
    ),
    Act.OUVERTURE_URGENCE: Deed(
        "ouvert un accès en urgence",
        "l'ouverture d'un accès en urgence",
        "opened an emergency access",
        "open an emergency access",
    ),
    Act.LECTURE_JOURNAL: Deed(
        "lu l'historique des accès",
        "la lecture de l'historique des accès",
        "read the access history",
        "read the access history",
    ),
    Act.ACTIVATION_COMPTE: Deed(
        "activé votre compte", "l'activation de votre compte", "activated your account", "activate your account"
    ),
    Act.CONNEXION: Deed("ouvert une session", "l'ouverture d'une session", "logged in", "log in"),
}

MODES: dict[AccessMode, Reason] = {
    AccessMode.NORMAL: Reason("", ""),
    AccessMode.BRIS_DE_GLACE: Reason("bris de glace", "break-glass"),
    AccessMode.CENTRE_15: Reason("centre 15", "emergency call centre"),
}

_BY_ROLE: dict[Role, Reason] = {
    Role.PATIENT: Reason("un autre usager", "another user"),
    Role.PROFESSIONAL: Reason("un professionnel de santé", "a health professional"),
    Role.AGENT: Reason("un agent habilité", "an authorised agent"),
    Role.OPERATOR: Reason("l'exploitant de la plateforme", "the operator of the platform"),
    Role.SERVICE: Reason("la plateforme Carnet", "the Carnet platform"),
}


def told(line: Line) -> JournalLine:
    """A line as the patient whose journal it is reads it; another patient's id stays out of it."""
    other_patient = line.actor_role is Role.PATIENT and not _is_holder(line)
    return JournalLine(
        number=line.number,
        at=line.at,
        act=line.act,
        outcome=line.outcome,
        reason=line.reason,
        who="vous" if _is_holder(line) else _person_fr(line).alone,
        fr=_sentence_fr(line),
        en=_sentence_en(line),
        actor_role=line.actor_role,
        actor="" if other_patient else line.actor,
        mode=line.mode,
        document_id=line.document_id,
    )


def _sentence_fr(line: Line) -> str:
    deed, circumstances = DEEDS[line.act], _circumstances([said.fr for said in _said(line)])
    allowed = line.outcome is Outcome.ALLOWED
    if _is_holder(line):
        start = f"Vous avez {deed.fr_done}" if allowed else f"Vous vous êtes vu refuser {deed.fr_noun}"
    else:
        who = _with_capital(_person_fr(line).as_subject)
        start = f"{who} a {deed.fr_done}" if allowed else f"{who} s'est vu refuser {deed.fr_noun}"
    return f"{start}{circumstances}." if allowed else f"{start}{circumstances} : {_refusal(line).fr}."


def _sentence_en(line: Line) -> str:
    deed, circumstances = DEEDS[line.act], _circumstances([said.en for said in _said(line)])
    allowed = line.outcome is Outcome.ALLOWED
    if _is_holder(line):
        start = f"You {deed.en_done}" if allowed else f"You were not allowed to {deed.en_verb}"
    else:
        who = _with_capital(_person_en(line).as_subject)
        start = f"{who} {deed.en_done}" if allowed else f"{who} was not allowed to {deed.en_verb}"
    return f"{start}{circumstances}." if allowed else f"{start}{circumstances}: {_refusal(line).en}."


def _said(line: Line) -> tuple[Reason, ...]:
    """What stands in brackets: the mode unless normal, and why it was allowed."""
    if line.outcome is Outcome.REFUSED:
        return (MODES[line.mode],)
    return MODES[line.mode], ALLOWED.get(line.reason, Reason("", ""))


def _circumstances(words: list[str]) -> str:
    said = ", ".join(word for word in words if word)
    return f" ({said})" if said else ""


def _refusal(line: Line) -> Reason:
    return REFUSED.get(line.reason, UNKNOWN_REFUSAL)


def _is_holder(line: Line) -> bool:
    return line.actor_role is Role.PATIENT and line.actor == str(line.patient_id)


def _person_fr(line: Line) -> Person:
    profession = _profession(line)
    return Person(line.actor_name or _BY_ROLE[line.actor_role].fr, profession.fr.lower())


def _person_en(line: Line) -> Person:
    profession = _profession(line)
    return Person(line.actor_name or _BY_ROLE[line.actor_role].en, profession.en.lower())


def _profession(line: Line) -> Reason:
    try:
        row = profession_of(line.profession or "")
    except UnknownCode:
        return Reason("", "")
    return Reason(row.fr, row.en)


def _with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
