"""A medical summary (volet de synthèse médicale, CDA R2 level 3) of what a record states in codes.

Its author is the professional who chose the statements and signs it; the sections are those of CI-SIS.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from lxml import etree

from contracts.cda import OID_PROFESSIONALS, OID_STRUCTURES
from contracts.envelope import Actor
from contracts.identity.people import Traits
from contracts.vocabulary import Ins
from gateway.portal.professional.medical_entries import LOINC, E, Entry, Node, coded, entry_of

KINDS = ("allergies", "problems", "treatments", "vaccinations")
_TA_ASIP = "1.2.250.1.213.1.1.4.12"
_SPECIALTIES = "1.2.250.1.213.1.1.4.5"
_IHE, _FR = "1.3.6.1.4.1.19376.1.5.3.1.3", "1.2.250.1.213.1.1.2"


class SummaryLine(msgspec.Struct, frozen=True):
    """A statement, and what is said beside its name."""

    detail: str
    entry: Entry


class SummaryAuthor(msgspec.Struct, frozen=True):
    """The professional who writes it, and the name of where they work."""

    actor: Actor
    workplace: str


class _Section(msgspec.Struct, frozen=True):
    code: str
    title: str
    templates: tuple[str, ...]
    columns: tuple[str, str]


_SECTIONS = {
    "problems": _Section(
        "11450-4", "Pathologies en cours et antécédents", (f"{_IHE}.6", f"{_FR}.132"), ("Pathologie", "Précisions")
    ),
    "allergies": _Section(
        "48765-2", "Allergies et hypersensibilités", (f"{_IHE}.13", f"{_FR}.137"), ("Allergie", "Précisions")
    ),
    "treatments": _Section("10160-0", "Traitements", (f"{_IHE}.19", f"{_FR}.143"), ("Médicament", "Posologie")),
    "vaccinations": _Section("11369-6", "Vaccinations", (f"{_IHE}.23", f"{_FR}.147"), ("Vaccin", "Précisions")),
}


def medical_summary(
    lines: Mapping[str, Sequence[SummaryLine]],
    *,
    holder: Traits,
    ins: Ins,
    author: SummaryAuthor,
    number: UUID,
    at: datetime,
) -> bytes:
    """The document in UTF-8; the same arguments make the same bytes.

    Args:
        lines: by kind, of KINDS.
        number: what its unique id is made of.
    """
    root = E.ClinicalDocument(
        *_identity(number, at),
        _patient(holder, ins),
        E.author(E.time(value=_moment(at)), E.assignedAuthor(*_role(author))),
        E.custodian(E.assignedCustodian(E.representedCustodianOrganization(*_place(author)))),
        E.legalAuthenticator(E.time(value=_moment(at)), E.signatureCode(code="S"), E.assignedEntity(*_role(author))),
        _event(author, at),
        E.component(E.structuredBody(*_body(lines))),
    )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _identity(number: UUID, at: datetime) -> list[Node]:
    # Any UUID is an OID below 2.25 (ITU-T X.667).
    oid = f"2.25.{number.int}"
    return [
        E.realmCode(code="FR"),
        E.typeId(root="2.16.840.1.113883.1.3", extension="POCD_HD000040"),
        E.templateId(root="2.16.840.1.113883.2.8.2.1"),
        E.templateId(root="1.2.250.1.213.1.1.1.1"),
        E.templateId(root="1.2.250.1.213.1.1.1.13", extension="201310"),
        E.id(root=oid),
        coded("code", "SYNTH", _TA_ASIP, "Synthèse"),
        E.title("Synthèse médicale"),
        E.effectiveTime(value=_moment(at)),
        coded("confidentialityCode", "N", "2.16.840.1.113883.5.25", "Normal"),
        E.languageCode(code="fr-FR"),
        E.setId(root=oid),
        E.versionNumber(value="1"),
    ]


def _patient(holder: Traits, ins: Ins) -> Node:
    first, *_ = [*holder.given_names.split(), holder.given_names]
    name = E.name(
        E.family(holder.family_name, qualifier="BR"), E.given(holder.given_names), E.given(first, qualifier="BR")
    )
    person = E.patient(
        name,
        coded("administrativeGenderCode", holder.sex, "2.16.840.1.113883.5.1"),
        E.birthTime(value=f"{holder.birth_date:%Y%m%d}"),
    )
    identifier = E.id(root=ins.oid, extension=ins.matricule)
    return E.recordTarget(E.patientRole(identifier, E.addr(nullFlavor="MSK"), E.telecom(nullFlavor="MSK"), person))


def _role(author: SummaryAuthor) -> list[Node]:
    profession = f"G15_{author.actor.profession}" if author.actor.profession else ""
    return [
        E.id(root=OID_PROFESSIONALS, extension=f"8{author.actor.subject}"),
        *([coded("code", profession, _SPECIALTIES)] if profession else []),
        E.addr(nullFlavor="MSK"),
        E.telecom(nullFlavor="MSK"),
        E.assignedPerson(E.name(*_name_of(author.actor.name))),
        E.representedOrganization(*_place(author)),
    ]


def _name_of(name: str) -> list[Node]:
    """A directory's name (`Dr Malik SORGUE`): the family name is in capitals; without any, all of it is one name."""
    words = name.split()
    family = [word for word in words if word.isupper() and len(word) > 1]
    given = [word for word in words if word not in family]
    prefix, given = (given[:1], given[1:]) if len(given) > 1 else ([], given)
    if not family:
        return [E.family(name)]
    return [
        *(E.prefix(word.upper()) for word in prefix),
        *([E.given(" ".join(given))] if given else []),
        E.family(" ".join(family)),
    ]


def _place(author: SummaryAuthor) -> list[Node]:
    structure = author.actor.structure
    number = E.id(root=OID_STRUCTURES, extension=f"1{structure}") if structure else E.id(nullFlavor="UNK")
    return [number, E.name(author.workplace or "Cabinet"), E.telecom(nullFlavor="MSK"), E.addr(nullFlavor="MSK")]


def _event(author: SummaryAuthor, at: datetime) -> Node:
    event = E.serviceEvent(
        coded("code", "34117-2", LOINC, "Historique et clinique"),
        E.effectiveTime(E.low(value=_moment(at))),
        E.performer(E.assignedEntity(*_role(author)), typeCode="PRF"),
    )
    return E.documentationOf(event)


def _body(lines: Mapping[str, Sequence[SummaryLine]]) -> list[Node]:
    """Problems and allergies stand together, as CI-SIS has them; then treatments and vaccinations."""
    history = [_section(kind, lines[kind]) for kind in ("problems", "allergies") if lines.get(kind)]
    rest = [_section(kind, lines[kind]) for kind in ("treatments", "vaccinations") if lines.get(kind)]
    if history:
        inner = _titled("34117-2", "Pathologies en cours, antécédents et allergies", (f"{_FR}.30",), history)
        title = "Pathologies en cours, antécédents, allergies et facteurs de risques"
        rest.insert(0, E.component(_titled("46612-8", title, (f"{_FR}.29",), [E.component(inner)])))
    return rest


def _titled(code: str, title: str, templates: Sequence[str], parts: Sequence[Node]) -> Node:
    return E.section(
        *(E.templateId(root=root) for root in templates), coded("code", code, LOINC, title), E.title(title), *parts
    )


def _section(kind: str, lines: Sequence[SummaryLine]) -> Node:
    section = _SECTIONS[kind]
    head = E.thead(E.tr(*(E.th(column) for column in section.columns)))
    rows = [
        E.tr(E.td(E.content(line.entry.name, ID=f"{kind}-{number}-nom")), E.td(line.detail), ID=f"{kind}-{number}")
        for number, line in enumerate(lines, start=1)
    ]
    entries = [entry_of(line.entry, f"{kind}-{number}") for number, line in enumerate(lines, start=1)]
    parts = [E.text(E.table(head, E.tbody(*rows))), *entries]
    return E.component(_titled(section.code, section.title, section.templates, parts))


def _moment(at: datetime) -> str:
    return at.strftime("%Y%m%d%H%M%S%z")
