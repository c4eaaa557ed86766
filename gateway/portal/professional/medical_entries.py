"""Statements of a medical summary as coded entries (CI-SIS, templates of IHE PCC), each beside its narrative."""

import re

from lxml import etree
from lxml.builder import ElementMaker

from contracts.clinical_data import Allergy, HealthProblem, Treatment, Vaccination
from contracts.vocabulary import Coded

V3 = "urn:hl7-org:v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LOINC = "2.16.840.1.113883.6.1"
_SNOMED, _ACT_CODE = "2.16.840.1.113883.6.96", "2.16.840.1.113883.5.4"
_PCC = "1.3.6.1.4.1.19376.1.5.3.1.4"
_CCD = "2.16.840.1.113883.10.20.1"
_FR = "1.2.250.1.213.1.1.3"
_TYPE = f"{{{XSI}}}type"
_DOSE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(?: – (\d{1,9}(?:\.\d{1,9})?))?(?: (\S{1,40}))?", re.ASCII)
_PERIOD = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) (\S{1,20})", re.ASCII)
_UCUM = re.compile(r"(?:[munk]?(?:g|L|mol)|\[?iU\]?|mL|%|s|min|h|d|wk|mo|a)", re.ASCII)
"""Units of measurement that are written as they are; a thing that is counted is an annotation."""

E = ElementMaker(namespace=V3, nsmap={None: V3, "xsi": XSI})
Node = etree._Element
Entry = Allergy | HealthProblem | Treatment | Vaccination


def coded(name: str, code: str, system: str, label: str = "", *children: Node) -> Node:
    """A coded element."""
    display = {"displayName": label} if label else {}
    return E(name, *children, code=code, codeSystem=system, **display)


def can_be_coded(statement: Entry) -> bool:
    """Whether an entry says the same: of what is denied, none can say that it is over or not sure."""
    if not isinstance(statement, Allergy | HealthProblem):
        return True
    return not (statement.absent and (statement.inactive or statement.uncertain))


def entry_of(statement: Entry, anchor: str) -> Node:
    """The coded entry of a statement, whose words stand in the narrative element with this ID."""
    match statement:
        case Allergy():
            return _concern(_allergy(statement, anchor), "5.3", f"{_FR}.40", is_over=statement.inactive)
        case HealthProblem():
            return _concern(_problem(statement, anchor), "5.2", f"{_FR}.39", is_over=statement.inactive)
        case Treatment():
            return E.entry(_treatment(statement, anchor))
        case Vaccination():
            return E.entry(_vaccination(statement, anchor))


def _concern(observation: Node, template: str, national: str, *, is_over: bool) -> Node:
    act = E.act(
        *_templates(f"{_CCD}.27", f"{_PCC}.5.1", f"{_PCC}.{template}", national),
        E.code(nullFlavor="NA"),
        E.statusCode(code="completed" if is_over else "active"),
        E.effectiveTime(E.low(nullFlavor="UNK")),
        E.entryRelationship(observation, typeCode="SUBJ", inversionInd="false"),
        classCode="ACT",
        moodCode="EVN",
    )
    return E.entry(act)


def _problem(problem: HealthProblem, anchor: str) -> Node:
    return _observation(
        *_templates(f"{_CCD}.28", f"{_PCC}.5", f"{_FR}.37"),
        coded("code", "55607006", _SNOMED, "problème"),
        *_cited(anchor),
        E.statusCode(code="completed"),
        *_span(problem.since, problem.until),
        _value(problem.code, problem.name, anchor),
        *_remarks(problem),
        negated=_is_negated(problem),
    )


def _allergy(allergy: Allergy, anchor: str) -> Node:
    details = (("82606-5", LOINC, allergy.criticality), ("SEV", _ACT_CODE, allergy.severity))
    # Where a document codes nothing but the kind of allergy, that is what its code says.
    kind = allergy.code if allergy.code and allergy.code.system == _ACT_CODE else None
    return _observation(
        *_templates(f"{_CCD}.18", f"{_CCD}.28", f"{_PCC}.5", f"{_PCC}.6", f"{_FR}.41"),
        coded("code", kind.code if kind else "ALG", _ACT_CODE, (kind and kind.display) or "allergie"),
        *_cited(anchor),
        E.statusCode(code="completed"),
        *_span(allergy.since, allergy.until),
        _value(None if kind else allergy.code, allergy.name, anchor),
        *_agent(allergy.agent),
        *(_relation("MFST", _words_observed("418799008", _SNOMED, words)) for words in allergy.reactions),
        *(_relation("SUBJ", _words_observed(code, system, words)) for code, system, words in details if words),
        *_remarks(allergy),
        negated=_is_negated(allergy),
    )


def _treatment(treatment: Treatment, anchor: str) -> Node:
    return E.substanceAdministration(
        *_templates(f"{_CCD}.24", f"{_PCC}.7", f"{_FR}.42", f"{_PCC}.7.1"),
        coded("code", "DRUG", _ACT_CODE, "Médicament"),
        *_cited(anchor),
        E.statusCode(code="completed"),
        *_span(treatment.since, treatment.until, {_TYPE: "IVL_TS"}),
        *_rhythm(treatment.rhythm),
        *([_words("routeCode", treatment.route)] if treatment.route else []),
        *_dose(treatment.dose),
        _product(treatment.code, treatment.name),
        *_reason(treatment.reason),
        *([E.precondition(E.criterion(E.text(treatment.condition)))] if treatment.condition else []),
        classCode="SBADM",
        moodCode="INT" if treatment.planned else "EVN",
    )


def _vaccination(vaccination: Vaccination, anchor: str) -> Node:
    when = {"value": vaccination.on.replace("-", "")} if vaccination.on else {"nullFlavor": "UNK"}
    lot = [E.lotNumberText(vaccination.lot)] if vaccination.lot else []
    return E.substanceAdministration(
        *_templates(f"{_CCD}.24", f"{_PCC}.12", f"{_FR}.45"),
        coded("code", "IMMUNIZ", _ACT_CODE, "Vaccination"),
        *_cited(anchor),
        E.statusCode(code="completed"),
        E.effectiveTime(**when),
        _product(vaccination.code, vaccination.name, *lot),
        *_rank(vaccination.rank),
        classCode="SBADM",
        moodCode="EVN",
        negationInd=_flag(_is_negated(vaccination)),
    )


def _observation(*children: Node, negated: bool = False) -> Node:
    return E.observation(*children, classCode="OBS", moodCode="EVN", negationInd=_flag(negated))


def _is_negated(statement: Allergy | HealthProblem | Vaccination) -> bool:
    """A name that says itself that there is none is not negated again."""
    return statement.absent and not statement.name_says_absent


def _flag(is_set: bool) -> str:
    return "true" if is_set else "false"


def _templates(*roots: str) -> list[Node]:
    return [E.templateId(root=root) for root in roots]


def _cited(anchor: str) -> list[Node]:
    return [E.text(E.reference(value=f"#{anchor}"))]


def _value(code: Coded | None, name: str, anchor: str) -> Node:
    """What is stated, in a code if it has one; its words are those of the narrative."""
    attributes = {_TYPE: "CD"} | _code_attributes(code)
    if code is None:
        return E.value(E.originalText(name), attributes)
    return E.value(E.originalText(E.reference(value=f"#{anchor}-nom")), attributes)


def _code_attributes(code: Coded | None) -> dict[str, str]:
    if code is None:
        return {"nullFlavor": "UNK"}
    found = {"code": code.code, "codeSystem": code.system, "displayName": code.display}
    return {name: value for name, value in found.items() if value}


def _words(name: str, words: str, **attributes: str) -> Node:
    """A value without a code, in words."""
    return E(name, E.originalText(words), {"nullFlavor": "UNK"} | attributes)


def _words_observed(code: str, system: str, words: str) -> Node:
    value = E.value(E.originalText(words), {_TYPE: "CD", "nullFlavor": "UNK"})
    return _observation(coded("code", code, system), E.statusCode(code="completed"), value)


def _relation(kind: str, observation: Node) -> Node:
    return E.entryRelationship(observation, typeCode=kind, inversionInd="false" if kind == "MFST" else "true")


def _remarks(statement: Allergy | HealthProblem) -> list[Node]:
    """That it is over, that it is not sure."""
    remarks = (
        (statement.inactive, "33999-4", "73425007", "inactif"),
        (statement.uncertain, "66455-7", "415684004", "suspecté"),
    )
    return [
        _relation(
            "REFR", _observation(coded("code", code, LOINC), E.statusCode(code="completed"), _remark(value, label))
        )
        for is_set, code, value, label in remarks
        if is_set
    ]


def _remark(code: str, label: str) -> Node:
    return E.value({_TYPE: "CD", "code": code, "codeSystem": _SNOMED, "displayName": label})


def _agent(agent: str | None) -> list[Node]:
    if not agent:
        return []
    entity = E.playingEntity(_words("code", agent), classCode="MMAT")
    return [E.participant(E.participantRole(entity, classCode="MANU"), typeCode="CSM")]


def _span(since: str | None, until: str | None, attributes: dict[str, str] | None = None) -> list[Node]:
    low = E.low(value=since.replace("-", "")) if since else E.low(nullFlavor="UNK")
    high = [E.high(value=until.replace("-", ""))] if until else []
    return [E.effectiveTime(low, *high, attributes or {})]


def _rhythm(rhythm: str | None) -> list[Node]:
    """A period in its unit; what is written otherwise stands in the narrative only."""
    found = _PERIOD.fullmatch(rhythm or "")
    if found is None:
        return []
    return [E.effectiveTime(E.period(value=found[1], unit=found[2]), {_TYPE: "PIVL_TS", "operator": "A"})]


def _dose(dose: str | None) -> list[Node]:
    """As `_rhythm`."""
    found = _DOSE.fullmatch(dose or "")
    if found is None:
        return []
    low, high, unit = found[1], found[2] or found[1], found[3]
    written = {"unit": unit if _UCUM.fullmatch(unit) else f"{{{unit}}}"} if unit else {}
    return [E.doseQuantity(E.low(value=low, **written), E.high(value=high, **written))]


def _product(code: Coded | None, name: str, *more: Node) -> Node:
    material = E.manufacturedMaterial(E.code(**_code_attributes(code)), E.name(name), *more)
    return E.consumable(E.manufacturedProduct(*_templates(f"{_CCD}.53", f"{_PCC}.7.2", f"{_FR}.43"), material))


def _reason(reason: str | None) -> list[Node]:
    if not reason:
        return []
    act = E.act(_words("code", reason), E.statusCode(code="completed"), classCode="ACT", moodCode="EVN")
    return [E.entryRelationship(act, typeCode="RSON")]


def _rank(rank: str | None) -> list[Node]:
    if not rank:
        return []
    value = E.value({_TYPE: "INT", "value": rank})
    observed = _observation(coded("code", "30973-2", LOINC), E.statusCode(code="completed"), value)
    return [_relation("SUBJ", observed)]
