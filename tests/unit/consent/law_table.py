"""Parses the tables of law.md: every cell is a question and the expected decision."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from contracts.codes.habilitation import matrix
from contracts.consent.decisions import Decision, Limits, MaskedAccess, Obligation, Purpose
from contracts.envelope import Actor
from contracts.scopes import SECTIONS_SYSTEM
from contracts.vocabulary import (
    AccessMode,
    Capacity,
    DepositorKind,
    Finess,
    PatientId,
    RecordStatus,
    Role,
    Section,
    SoftwareProfile,
)
from services.consent.domain.facts import Fact, FactKind, Question, in_place
from services.consent.domain.matrix import entitlement_of

LAW = Path(__file__).with_name("law.md")
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PATIENT = PatientId(UUID(int=1))
NEIGHBOUR = PatientId(UUID(int=2))
ENTITLEMENT = entitlement_of(matrix())
SHARED = (Section.ANALYSES, Section.TRAITEMENTS)
"""The sections shared with a carer or an app, where any are."""

_SOMEBODY_ELSE = "89990000047"
_SITUATION_COLUMNS = ("row", "asks", "on file", "record", "said")
_MODES = {"bris": AccessMode.BRIS_DE_GLACE, "15": AccessMode.CENTRE_15}


class Column(msgspec.Struct, frozen=True):
    """Who asks; `facts`: about them in every row."""

    actor: Actor
    facts: tuple[str, ...] = ()


class LawCell(msgspec.Struct, frozen=True, kw_only=True):
    """A question with the facts, and the expected decision."""

    name: str
    facts: tuple[Fact, ...]
    question: Question
    answer: Decision


def professional(profession: str | None, profile: SoftwareProfile | None = SoftwareProfile.GESTION) -> Actor:
    return Actor(
        role=Role.PROFESSIONAL,
        subject="89990000021",
        structure=Finess("990000001"),
        profession=profession,
        profile=profile,
    )


_NARROW = f"patient/DocumentReference.rs?category={SECTIONS_SYSTEM}|analyses"


def _app(patient: str, scopes: str = "patient/*.rs", representative: str = "") -> Actor:
    return Actor(
        role=Role.APP, subject="carnet-de-vaccins", patient=patient, scopes=scopes, representative=representative
    )


_PERSON = Actor(role=Role.PATIENT, subject=str(NEIGHBOUR))

COLUMNS = {
    "doctor": Column(professional("10")),
    "pharmacist": Column(professional("21")),
    "nurse": Column(professional("60")),
    "dentist": Column(professional("40")),
    "midwife": Column(professional("50")),
    "physiotherapist": Column(professional("70")),
    "dietitian": Column(professional("95")),
    "technician": Column(professional("86")),
    "retired code": Column(professional("36")),
    "unknown code": Column(professional("ZZ")),
    "no profession": Column(professional(None)),
    "feeds only": Column(professional("10", SoftwareProfile.ALIMENTATION)),
    "reads only": Column(professional("10", SoftwareProfile.CONSULTATION)),
    "no software": Column(professional("10", None)),
    "holder": Column(Actor(role=Role.PATIENT, subject=str(PATIENT))),
    "legal rep.": Column(_PERSON, ("représentant légal",)),
    "carer": Column(_PERSON, ("aidant",)),
    "somebody": Column(_PERSON),
    "app": Column(_app(str(PATIENT)), ("application", "référencement")),
    "some app": Column(_app(str(PATIENT))),
    "narrow app": Column(_app(str(PATIENT), _NARROW)),
    "scopeless app": Column(_app(str(PATIENT), "")),
    "another's app": Column(_app(str(NEIGHBOUR))),
    "rep.'s app": Column(_app(str(PATIENT), representative=str(NEIGHBOUR))),
    "narrow rep.'s app": Column(_app(str(PATIENT), _NARROW, str(NEIGHBOUR))),
    "another's rep.'s app": Column(_app(str(NEIGHBOUR), representative=str(NEIGHBOUR))),
    "nobody's app": Column(_app("")),
    "agent": Column(Actor(role=Role.AGENT, subject="accueil")),
    "feeder": Column(Actor(role=Role.FEEDER, subject="assurance-maladie")),
    "operator": Column(Actor(role=Role.OPERATOR, subject="exploitant")),
    "service": Column(Actor(role=Role.SERVICE, subject="records")),
}

_KINDS = {
    "autorisation": FactKind.AUTORISATION,
    "équipe de soins": FactKind.EQUIPE_DE_SOINS,
    "médecin traitant": FactKind.MEDECIN_TRAITANT,
    "blocage": FactKind.BLOCAGE,
    "bris": FactKind.BRIS_DE_GLACE,
    "15": FactKind.CENTRE_15,
    "représentant légal": FactKind.REPRESENTANT_LEGAL,
    "aidant": FactKind.AIDANT,
    "application": FactKind.APPLICATION,
    "application du représentant": FactKind.APPLICATION_REPRESENTANT,
    "référencement": FactKind.REFERENCEMENT,
    "décès": FactKind.DECES,
    "opposition aux ayants droit": FactKind.OPPOSITION_AYANTS_DROIT,
    "ayant droit": FactKind.AYANT_DROIT,
    "opposition bris": FactKind.OPPOSITION,
    "opposition 15": FactKind.OPPOSITION,
    "démasquage": FactKind.DEMASQUAGE,
    "représentation": FactKind.REPRESENTANT_LEGAL,
    "levée du blocage": FactKind.LEVEE_BLOCAGE,
    "levée opposition bris": FactKind.LEVEE_OPPOSITION,
}
_SHARING = {FactKind.AIDANT, FactKind.AYANT_DROIT, FactKind.APPLICATION, FactKind.APPLICATION_REPRESENTANT}
_REPRESENTATIVE = str(UUID(int=3))
_PARTY_OF_RECORD_FACTS = {
    "opposition bris": "bris_de_glace",
    "levée opposition bris": "bris_de_glace",
    "opposition 15": "centre_15",
    "démasquage": "",
    "décès": "",
    "opposition aux ayants droit": "",
    "représentation": _REPRESENTATIVE,
}
_FACT = re.compile(r"(?P<what>.+?)(?: (?P<how>ouvert|échu|d'un autre|sans rubrique|en place|secrète))?")

_STATES: dict[str, dict[str, Any]] = {
    "first time": {"seen_before": False},
    "has fed": {"has_deposited": True},
    "mineur": {"minor": True},
    "secrète": {"secret": True},
    "remplacés": {"superseded": True},
    "archivés": {"archived": True},
    "motif": {"written_reason": "Patient inconscient"},
    "dix lettres": {"written_reason": "Convulsion"},
    "motif bref": {"written_reason": "  Malaise ?  "},
    "SAMU": {"regulation_centre": True},
}

_OBLIGATIONS = {
    "!1": Obligation.NOTIFY_FIRST_ACCESS,
    "!U": Obligation.NOTIFY_EMERGENCY,
    "!B": Obligation.SHOW_EMERGENCY_BANNER,
}


def law_cells() -> Iterator[LawCell]:
    """Every cell of every table of the law, named `row 3.2 | doctor`."""
    for situation, columns in _rows():
        for name, answer in columns.items():
            yield _cell(situation, name, answer)


def sections() -> dict[str, str]:
    """The text under each numbered heading."""
    parts = re.split(r"^## (?=\d)", LAW.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return dict(part.split("\n", maxsplit=1) for part in parts)


def depositors_by_type() -> dict[str, frozenset[DepositorKind]]:
    """Who may deposit each type, by the table that has a column of types."""
    return {
        row["type"]: frozenset(kind for kind in DepositorKind if row[kind.value] == "yes")
        for row in _entries()
        if "type" in row
    }


def _rows() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """The situation of each row by heading, and its answers by column."""
    for row in _entries():
        if "type" not in row:
            yield (
                {name: row[name] for name in _SITUATION_COLUMNS if name in row},
                {column: row[name] for name in row if name not in _SITUATION_COLUMNS for column in _columns(name)},
            )


def _entries() -> Iterator[dict[str, str]]:
    """Every row of every table of the law, by heading."""
    header: list[str] = []
    for line in LAW.read_text(encoding="utf-8").splitlines():
        entries = [entry.strip() for entry in line.strip("|").split("|")]
        if not line.startswith("|"):
            header = []
        elif not header:
            header = entries
        elif header[0] == "row" and not line.startswith("| ---"):
            yield dict(zip(header, entries, strict=True))


def _columns(heading: str) -> list[str]:
    """The columns of a heading; the mode after the slash is that of all of them."""
    names, slash, mode = heading.partition("/")
    return [f"{name.strip()}{slash}{mode}" for name in names.split(",")]


def _cell(situation: dict[str, str], name: str, answer: str) -> LawCell:
    who, _, mode = name.partition("/")
    column = COLUMNS[who]
    states = {field: value for word in _words(situation.get("said")) for field, value in _STATES[word].items()}
    record = situation.get("record") or "active"
    return LawCell(
        name=f"row {situation['row']} | {name}",
        facts=tuple(_fact(word, column.actor) for word in (*column.facts, *_words(situation.get("on file")))),
        question=Question(
            actor=column.actor,
            patient_id=PATIENT,
            purpose=Purpose(situation.get("asks") or "read"),
            now=NOW,
            mode=_MODES[mode] if mode else AccessMode.NORMAL,
            record_status=None if record == "none" else RecordStatus(record),
            **states,
        ),
        answer=_answer(answer, column.actor),
    )


def _words(entry: str | None) -> list[str]:
    return [word.strip() for word in (entry or "").split(",") if word.strip()]


def _fact(word: str, actor: Actor) -> Fact:
    found = _FACT.fullmatch(word)
    assert found, word
    what, how = found["what"], found["how"]
    kind = _KINDS[what]
    party = _PARTY_OF_RECORD_FACTS.get(what, named(kind, actor))
    return Fact(
        kind=kind,
        party=_SOMEBODY_ELSE if how == "d'un autre" else party,
        giver=_REPRESENTATIVE if how == "en place" else "",
        until=NOW if how == "échu" else NOW + timedelta(seconds=1),
        sections=SHARED if kind in _SHARING and how != "sans rubrique" else (),
        secret=how == "secrète",
    )


def named(kind: FactKind, actor: Actor) -> str:
    """The party of a fact of this kind that matters for this actor."""
    match kind:
        case FactKind.EQUIPE_DE_SOINS:
            return actor.structure or ""
        case FactKind.APPLICATION_REPRESENTANT:
            return in_place(actor.subject, actor.representative)
        case FactKind.REPRESENTANT_LEGAL:
            return actor.representative or actor.subject
        case _:
            return actor.subject


def _answer(entry: str, actor: Actor) -> Decision:
    verdict, reason, *signs = entry.split()
    if verdict == "no":
        assert not signs, entry
        return Decision(allowed=False, reason=reason, refusal=reason)
    assert verdict == "yes", entry
    return Decision(
        allowed=True,
        reason=reason,
        obligations=tuple(_OBLIGATIONS[sign] for sign in signs if sign in _OBLIGATIONS),
        limits=_limits([sign for sign in signs if sign not in _OBLIGATIONS], actor),
        capacity=Capacity(reason) if reason in set(Capacity) else Capacity.SELF,
    )


def _limits(signs: list[str], actor: Actor) -> Limits:
    assert set(signs) <= {"+M", "+R", "+A", "-T", "-I", "-L", "+S", "=S", "=P", "=A"}, signs
    return Limits(
        denied_types=ENTITLEMENT.denied(actor.profession) or () if "-T" in signs else (),
        masked=MaskedAccess.ALL if "+M" in signs else MaskedAccess.OWN,
        own_only="=S" in signs,
        own_of_any_type="+S" in signs,
        sections=SHARED if "=P" in signs else (Section.ANALYSES,) if "=A" in signs else None,
        hides_invisible="-I" in signs,
        hides_secret="-L" in signs,
        superseded="+R" in signs,
        archived="+A" in signs,
    )
