"""Reads the coded entries of a structured CDA by the templates of IHE PCC and PaLM, on which CI-SIS builds."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from lxml import etree

from contracts.clinical_data import Allergy, ClinicalData, HealthProblem, LabResult, Treatment, Vaccination
from contracts.vocabulary import Coded
from services.documents.hl7 import moment

_V3 = {"h": "urn:hl7-org:v3"}
_PROBLEM = "1.3.6.1.4.1.19376.1.5.3.1.4.5"
_ALLERGY = "1.3.6.1.4.1.19376.1.5.3.1.4.6"
_TREATMENT = "1.3.6.1.4.1.19376.1.5.3.1.4.7"
_VACCINATION = "1.3.6.1.4.1.19376.1.5.3.1.4.12"
_RESULT = "1.3.6.1.4.1.19376.1.3.1.6"
_RANK = "30973-2"
_MATERIAL = "h:consumable/h:manufacturedProduct/h:manufacturedMaterial"
_DATE = re.compile(r"(\d{4})(\d\d)?(\d\d)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_TEXT = "{urn:hl7-org:v3}text"
_SECTION = "{urn:hl7-org:v3}section"
MOST_ENTRIES = 2_000
"""Of one kind; a document for people has fewer."""
_MAX_CHARACTERS = 300
_MAX_CITED = 3_000
"""Characters of narrative that are read for a name: white space in it is not counted in the name."""
_CUT = "…"

Element = etree._Element
T = TypeVar("T")


def clinical_data_in(document: Element) -> ClinicalData:
    """The coded entries of a document; what cannot be read is left out, since the narrative has it too.

    Each element is visited a bounded number of times, whatever entries refer to.
    """
    reader, cut = _Reader(document), [False]
    return ClinicalData(
        allergies=_first(reader.allergies(), cut),
        problems=_first(reader.problems(), cut),
        treatments=_first(reader.treatments(), cut),
        vaccinations=_first(reader.vaccinations(), cut),
        results=_first(reader.results(), cut),
        # Evaluated last.
        incomplete=any(cut),
    )


def _first(entries: Iterator[T], cut: list[bool]) -> tuple[T, ...]:
    """As many entries as are given; adds to `cut` whether there are more."""
    found = tuple(islice(entries, MOST_ENTRIES))
    cut.append(next(entries, None) is not None)
    return found


class _Reader:
    """Reads one document; names that codes leave to the narrative are looked up there, each once."""

    def __init__(self, document: Element) -> None:
        self._root = document
        self._narrative = {
            str(element.get("ID")): element
            for text in document.iter(_TEXT)
            # One inside another is read with it: for each of its ancestors it would be read again.
            if next(text.iterancestors(_TEXT), None) is None
            for element in text.iterfind(".//*[@ID]")
        }
        self._cited: dict[str, str | None] = {}
        self._titles: dict[Element, str] = {}

    def allergies(self) -> Iterator[Allergy]:
        for entry in self._entries("observation", _ALLERGY):
            agent = self._agent(entry)
            value, kind = entry.find("h:value", _V3), entry.find("h:code", _V3)
            name = self._named(value) or self._named(kind) or agent
            if name:
                since, _ = _span(entry)
                code = _coded(value) or _coded(kind)
                yield Allergy(name=name, agent=agent, code=code, since=since, absent=_is_negated(entry))

    def problems(self) -> Iterator[HealthProblem]:
        for entry in self._entries("observation", _PROBLEM):
            value = entry.find("h:value", _V3)
            name = self._named(value)
            if name and _ALLERGY not in _templates(entry) and not _belongs_to_a_drug(entry):
                since, until = _span(entry)
                yield HealthProblem(
                    name=name,
                    code=_coded(value),
                    since=since,
                    until=until,
                    section=self._section_of(entry),
                    absent=_is_negated(entry),
                )

    def treatments(self) -> Iterator[Treatment]:
        for entry in self._entries("substanceAdministration", _TREATMENT):
            code, name = self._product(entry)
            if name:
                since, until = _span(entry)
                yield Treatment(
                    name=name,
                    code=code,
                    dose=_quantity(entry.find("h:doseQuantity", _V3)),
                    rhythm=_period(entry),
                    route=self._named(entry.find("h:routeCode", _V3)),
                    since=since,
                    until=until,
                    reason=self._named(entry.find("h:entryRelationship[@typeCode='RSON']/*/h:code", _V3)),
                )

    def vaccinations(self) -> Iterator[Vaccination]:
        for entry in self._entries("substanceAdministration", _VACCINATION):
            code, name = self._product(entry)
            if name:
                yield Vaccination(
                    name=name,
                    code=code,
                    on=_date(_when(entry)),
                    lot=_text(entry.find(f"{_MATERIAL}/h:lotNumberText", _V3)),
                    rank=_rank(entry),
                    absent=_is_negated(entry),
                )

    def results(self) -> Iterator[LabResult]:
        for entry in self._entries("observation", _RESULT):
            value, analyte = entry.find("h:value", _V3), entry.find("h:code", _V3)
            coded, name = _coded(analyte), self._named(analyte)
            value_text = self._value_text(value)
            if coded and name and value_text:
                low, high = _range(entry)
                yield LabResult(
                    name=name,
                    analyte=coded,
                    value=value_text,
                    number=_number(value),
                    unit=None if value is None else _bounded(value.get("unit")),
                    low=low,
                    high=high,
                    interpretation=_attribute(entry.find("h:interpretationCode", _V3), "code"),
                    at=moment(_when(entry)),
                )

    def _entries(self, kind: str, template: str) -> Iterator[Element]:
        for entry in self._root.iterfind(f".//h:{kind}", _V3):
            if template in _templates(entry):
                yield entry

    def _agent(self, entry: Element) -> str | None:
        entity = entry.find("h:participant/h:participantRole/h:playingEntity", _V3)
        if entity is None:
            return None
        return self._named(entity.find("h:code", _V3)) or _text(entity.find("h:name", _V3))

    def _product(self, entry: Element) -> tuple[Coded | None, str | None]:
        material = entry.find(_MATERIAL, _V3)
        if material is None:
            return None, None
        code = material.find("h:code", _V3)
        return _coded(code), _text(material.find("h:name", _V3)) or self._named(code)

    def _named(self, coded: Element | None) -> str | None:
        """The name its author gives in the narrative, else the display name of the code."""
        if coded is None:
            return None
        original = coded.find("h:originalText", _V3)
        return self._referred(original) or _bounded(coded.get("displayName")) or _text(original)

    def _referred(self, original: Element | None) -> str | None:
        reference = None if original is None else original.find("h:reference", _V3)
        target = "" if reference is None else str(reference.get("value", "")).removeprefix("#")
        if target not in self._cited:
            found = self._narrative.get(target)
            self._cited[target] = None if found is None else _bounded(_start_of(found))
        return self._cited[target]

    def _section_of(self, entry: Element) -> str:
        section = next(entry.iterancestors(_SECTION), None)
        if section is None:
            return ""
        if section not in self._titles:
            self._titles[section] = _text(section.find("h:title", _V3)) or ""
        return self._titles[section]

    def _value_text(self, value: Element | None) -> str | None:
        if value is None:
            return None
        return _bounded(value.get("value")) or self._named(value) or _text(value) or _quantity(value)


def _templates(entry: Element) -> set[str]:
    return {str(template.get("root")) for template in entry.iterfind("h:templateId", _V3)}


def _start_of(cited: Element) -> str:
    """The beginning of an element's text, white space collapsed; longer than a name if it was cut."""
    pieces: list[str] = []
    length = 0
    for piece in cited.itertext():
        pieces.append(piece)
        length += len(piece)
        if length > _MAX_CITED:
            return " ".join("".join(pieces)[:_MAX_CITED].split()) + _CUT
    return " ".join("".join(pieces).split())


def _belongs_to_a_drug(entry: Element) -> bool:
    """An effect of a drug or vaccine, or the reason for it, is part of that entry."""
    return next(entry.iterancestors("{urn:hl7-org:v3}substanceAdministration"), None) is not None


def _is_negated(entry: Element) -> bool:
    return entry.get("negationInd") == "true"


def _coded(element: Element | None) -> Coded | None:
    code = _attribute(element, "code")
    if element is None or code is None:
        return None
    return Coded(code, _attribute(element, "codeSystem"), _attribute(element, "displayName"))


def _when(entry: Element) -> str | None:
    element = entry.find("h:effectiveTime", _V3)
    return _attribute(element, "value") or _attribute(entry.find("h:effectiveTime/h:low", _V3), "value")


def _span(entry: Element) -> tuple[str | None, str | None]:
    high = _attribute(entry.find("h:effectiveTime/h:high", _V3), "value")
    return _date(_when(entry)), _date(high)


def _date(value: str | None) -> str | None:
    found = _DATE.match(value or "")
    return "-".join(part for part in found.groups() if part) if found else None


def _range(entry: Element) -> tuple[float | None, float | None]:
    limits = entry.find("h:referenceRange/h:observationRange/h:value", _V3)
    if limits is None:
        return None, None
    return _number(limits.find("h:low", _V3)), _number(limits.find("h:high", _V3))


def _number(element: Element | None) -> float | None:
    value = "" if element is None else str(element.get("value", ""))
    return float(value) if _NUMBER.fullmatch(value) else None


def _quantity(element: Element | None) -> str | None:
    """`2 tablet`, or `1 – 2 tablet`; a UCUM annotation (`{tablet}`) loses its braces."""
    if element is None:
        return None
    low, high = element.find("h:low", _V3), element.find("h:high", _V3)
    ends = [end for end in (element, low, high) if end is not None and end.get("value")]
    values = list(dict.fromkeys(str(end.get("value")) for end in ends))
    unit = next((str(end.get("unit")) for end in ends if end.get("unit")), "")
    return _bounded(f"{' – '.join(values)} {unit.strip('{}')}".strip()) if values else None


def _period(entry: Element) -> str | None:
    period = entry.find("h:effectiveTime/h:period", _V3)
    return None if period is None else _quantity(period)


def _rank(entry: Element) -> str | None:
    for observation in entry.iterfind("h:entryRelationship/h:observation", _V3):
        if _attribute(observation.find("h:code", _V3), "code") == _RANK:
            return _attribute(observation.find("h:value", _V3), "value")
    return None


def _attribute(element: Element | None, name: str) -> str | None:
    return None if element is None else _bounded(element.get(name))


def _text(element: Element | None) -> str | None:
    return None if element is None else _bounded(" ".join((element.text or "").split()))


def _bounded(value: str | None) -> str | None:
    """What is cut ends with an ellipsis."""
    if not value or not value.strip():
        return None
    return value if len(value) <= _MAX_CHARACTERS else value[: _MAX_CHARACTERS - 1] + _CUT
