"""Header of a sample CDA, complete as CI-SIS requires (volet structuration minimale)."""

from datetime import datetime

import msgspec
from lxml import etree
from lxml.builder import ElementMaker

from samples.people import SampleAuthor, SamplePatient

V3 = "urn:hl7-org:v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LOINC = "2.16.840.1.113883.6.1"
TA_ASIP = "1.2.250.1.213.1.1.4.12"
ACT_CODE = "2.16.840.1.113883.5.4"

_ANS_SPECIALTIES = "1.2.250.1.213.1.1.4.5"
_FUNCTIONS = "2.16.840.1.113883.5.88"
_FACILITIES = "1.2.250.1.71.4.2.4"
_SETTINGS = "1.2.250.1.213.1.1.4.9"
_PROFESSIONALS = "1.2.250.1.71.4.2.1"
_STRUCTURES = "1.2.250.1.71.4.2.2"

E = ElementMaker(namespace=V3, nsmap={None: V3, "xsi": XSI})
Node = etree._Element


class SampleCode(msgspec.Struct, frozen=True):
    """A code, the OID of its system, and its French label."""

    code: str
    system: str
    label: str = ""


class HeaderValues(msgspec.Struct, frozen=True, kw_only=True):
    """Values that differ between sample documents."""

    kind: SampleCode
    title: str
    templates: tuple[tuple[str, str | None], ...]
    """templateId roots and extensions, besides the two of every French document."""
    event: SampleCode
    patient: SamplePatient
    author: SampleAuthor
    unique_id: str
    """`root` or `root^extension`; the setId is that of the first version."""
    effective_time: datetime
    version: int = 1
    replaces: str | None = None
    """unique_id of the document this one replaces."""


def document(values: HeaderValues, body: Node) -> bytes:
    """The ClinicalDocument in UTF-8, with XML declaration."""
    root = E.ClinicalDocument(*_identity(values), *_people(values), *_context(values), E.component(body))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def coded(name: str, value: SampleCode) -> Node:
    """A coded element."""
    label = {"displayName": value.label} if value.label else {}
    return E(name, code=value.code, codeSystem=value.system, **label)


def moment(time: datetime) -> str:
    """A timestamp in CDA format; `time` must be aware."""
    return time.strftime("%Y%m%d%H%M%S%z")


def _identity(values: HeaderValues) -> list[Node]:
    every = (("2.16.840.1.113883.2.8.2.1", None), ("1.2.250.1.213.1.1.1.1", None))
    return [
        E.realmCode(code="FR"),
        E.typeId(root="2.16.840.1.113883.1.3", extension="POCD_HD000040"),
        *(_id("templateId", root, extension) for root, extension in (*every, *values.templates)),
        _unique("id", values.unique_id),
        coded("code", values.kind),
        E.title(values.title),
        E.effectiveTime(value=moment(values.effective_time)),
        coded("confidentialityCode", SampleCode("N", "2.16.840.1.113883.5.25", "Normal")),
        E.languageCode(code="fr-FR"),
        _unique("setId", values.replaces or values.unique_id),
        E.versionNumber(value=str(values.version)),
    ]


def _people(values: HeaderValues) -> list[Node]:
    author, when = values.author, E.time(value=moment(values.effective_time))
    function = [coded("functionCode", SampleCode(author.function, _FUNCTIONS))] if author.function else []
    keeper = E.representedCustodianOrganization(*_organisation(author))
    return [
        _patient(values.patient),
        E.author(*function, when, E.assignedAuthor(*_role(author))),
        E.custodian(E.assignedCustodian(keeper)),
        E.legalAuthenticator(
            E.time(value=moment(values.effective_time)),
            E.signatureCode(code="S"),
            E.assignedEntity(*_role(author)),
        ),
    ]


def _context(values: HeaderValues) -> list[Node]:
    start, author = moment(values.effective_time), values.author
    where = E.healthCareFacility(
        _id("id", _STRUCTURES, f"1{author.finess}"),
        coded("code", SampleCode(author.facility_type, _FACILITIES)),
    )
    return [
        E.documentationOf(
            E.serviceEvent(
                coded("code", values.event),
                E.effectiveTime(E.low(value=start)),
                E.performer(E.assignedEntity(*_role(author, setting=True)), typeCode="PRF"),
            )
        ),
        *_replacement(values.replaces),
        E.componentOf(
            E.encompassingEncounter(
                E.effectiveTime(E.low(value=start)),
                E.location(where),
            )
        ),
    ]


def _replacement(unique_id: str | None) -> list[Node]:
    if unique_id is None:
        return []
    return [E.relatedDocument(E.parentDocument(_unique("id", unique_id)), typeCode="RPLC")]


def _patient(patient: SamplePatient) -> Node:
    name = E.name(
        E.family(patient.family_name, qualifier="BR"),
        E.given(patient.given_names),
        E.given(patient.first_name, qualifier="BR"),
    )
    sex = SampleCode(patient.sex, "2.16.840.1.113883.5.1", {"F": "Féminin", "M": "Masculin"}[patient.sex])
    return E.recordTarget(
        E.patientRole(
            _id("id", patient.ins_oid, patient.ins),
            E.addr(nullFlavor="MSK"),
            E.telecom(nullFlavor="MSK"),
            E.patient(
                name,
                coded("administrativeGenderCode", sex),
                E.birthTime(value=patient.birth_date.strftime("%Y%m%d")),
            ),
        )
    )


def _role(author: SampleAuthor, *, setting: bool = False) -> list[Node]:
    organisation = _organisation(author)
    if setting:
        organisation.append(coded("standardIndustryClassCode", SampleCode(author.practice_setting, _SETTINGS)))
    return [
        _id("id", _PROFESSIONALS, f"8{author.rpps}"),
        coded("code", SampleCode(author.specialty, _ANS_SPECIALTIES, author.specialty_label)),
        E.addr(nullFlavor="MSK"),
        E.telecom(nullFlavor="MSK"),
        E.assignedPerson(E.name(E.given(author.given_name), E.family(author.family_name), E.suffix("DR"))),
        E.representedOrganization(*organisation),
    ]


def _organisation(author: SampleAuthor) -> list[Node]:
    return [
        _id("id", _STRUCTURES, f"1{author.finess}"),
        E.name(author.structure_name),
        E.telecom(nullFlavor="MSK"),
        E.addr(nullFlavor="MSK"),
    ]


def _id(name: str, root: str, extension: str | None) -> Node:
    return E(name, root=root) if extension is None else E(name, root=root, extension=extension)


def _unique(name: str, unique_id: str) -> Node:
    root, _, extension = unique_id.partition("^")
    return _id(name, root, extension or None)
