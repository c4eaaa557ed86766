"""Reads the coded entries of a structured CDA by the templates of IHE PCC and PaLM, on which CI-SIS builds."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

from lxml import etree

from contracts.clinical_data import Allergy, ClinicalData, HealthProblem, LabResult, Treatment, Vaccination
from contracts.vocabulary import Coded
from services.documents.hl7 import zoned_moment
from services.documents.rendering import wording
from services.documents.rendering.names import Name, Narrative, bounded, coded_value, codes_of, text_of
from services.documents.rendering.statements import Assertion, Remarks, Statements, UnclearError
from services.documents.rendering.times import period, span, when
from services.documents.rendering.values import day_of, number_of, quantity, unit_of, value_of

_V3 = {"h": "urn:hl7-org:v3"}
_NS = "{urn:hl7-org:v3}"
_OBSERVATION, _ADMINISTRATION = f"{_NS}observation", f"{_NS}substanceAdministration"
_SECTION, _TEMPLATE = f"{_NS}section", f"{_NS}templateId"
_PROBLEM = "1.3.6.1.4.1.19376.1.5.3.1.4.5"
_ALLERGY = "1.3.6.1.4.1.19376.1.5.3.1.4.6"
_TREATMENT = "1.3.6.1.4.1.19376.1.5.3.1.4.7"
_VACCINATION = "1.3.6.1.4.1.19376.1.5.3.1.4.12"
_RESULT = "1.3.6.1.4.1.19376.1.3.1.6"
_READ = frozenset((_PROBLEM, _ALLERGY, _TREATMENT, _VACCINATION, _RESULT))
_RANK = "30973-2"
_MATERIAL = "h:consumable/h:manufacturedProduct/h:manufacturedMaterial"
MOST_ENTRIES = 2_000
"""Of one kind; a document for people has fewer."""
_MOST_REACTIONS = 20
"""Of an allergy, and as many agents."""
_NULLS_WITHOUT_INFORMATION = frozenset(("NI", "NASK", "ASKU", "NAV", "MSK", "NAVU"))
"""Null flavours of what was not told."""

Element = etree._Element
T = TypeVar("T")


def clinical_data_in(document: Element) -> ClinicalData:
    """The coded entries of a document: what it states of the patient, is not read otherwise than it is meant.

    An entry without a name is left out, and so is one that is no plain statement: the narrative has them too. Each
    element is visited a bounded number of times, whatever entries refer to.
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
        left_out=tuple(sorted(reader.left_out)),
    )


def _first(entries: Iterator[T], cut: list[bool]) -> tuple[T, ...]:
    """As many entries as are given; adds to `cut` whether there are more."""
    found = tuple(islice(entries, MOST_ENTRIES))
    cut.append(next(entries, None) is not None)
    return found


class _Reader:
    """Reads one document; `left_out`: the kinds of which an entry was no plain statement."""

    def __init__(self, document: Element) -> None:
        self.left_out: set[str] = set()
        self._root = document
        self._narrative = Narrative(document)
        self._statements = Statements()
        self._titles: dict[Element, str] = {}
        self._templates: dict[Element, set[str]] = defaultdict(set)
        for template in document.iter(_TEMPLATE):
            entry, root = template.getparent(), template.get("root")
            if entry is not None and root in _READ:
                self._templates[entry].add(str(root))

    def allergies(self) -> Iterator[Allergy]:
        return self._read("allergies", _OBSERVATION, _ALLERGY, self._allergy)

    def problems(self) -> Iterator[HealthProblem]:
        return self._read("problems", _OBSERVATION, _PROBLEM, self._problem)

    def treatments(self) -> Iterator[Treatment]:
        return self._read("treatments", _ADMINISTRATION, _TREATMENT, self._treatment)

    def vaccinations(self) -> Iterator[Vaccination]:
        return self._read("vaccinations", _ADMINISTRATION, _VACCINATION, self._vaccination)

    def results(self) -> Iterator[LabResult]:
        return self._read("results", _OBSERVATION, _RESULT, self._result)

    def _read(self, kind: str, tag: str, template: str, read: Callable[[Element], T | None]) -> Iterator[T]:
        for entry in self._root.iter(tag):
            if template in self._templates.get(entry, ()):
                try:
                    found = read(entry)
                except UnclearError:
                    self.left_out.add(kind)
                    continue
                if found is not None:
                    yield found

    def _asserted(
        self, entry: Element, *, uncertain: bool = False, planned: bool = False
    ) -> tuple[Assertion, Remarks]:
        """How an entry is stated; UnclearError if it is not, or is uncertain or planned and may not be."""
        # Raises if the author deleted what the entry refers to.
        self._narrative.cited(entry.find("h:text", _V3))
        assertion, remarks = self._statements.assertion(entry), self._statements.remarks(entry)
        is_uncertain = assertion.is_uncertain or remarks.is_uncertain
        if not assertion.is_asserted or (is_uncertain and not uncertain) or (assertion.is_planned and not planned):
            raise UnclearError
        return assertion._replace(is_uncertain=is_uncertain), remarks

    def _allergy(self, entry: Element) -> Allergy | None:
        assertion, remarks = self._asserted(entry, uncertain=True)
        value, kind = _only(entry, "value"), entry.find("h:code", _V3)
        agent = self._agent(entry)
        name = self._narrative.name(value, is_negated=assertion.is_negated) if value is not None else None
        if name is None and _is_uninformative(value):
            return None
        name = name or self._narrative.name(kind, is_negated=assertion.is_negated)
        name = name or (Name(agent, assertion.is_negated) if agent else None)
        if name is None:
            return None
        if agent and wording.says_none(agent):
            # `Aucun`, in the place of an agent, is part of a denial.
            if not name.is_absent:
                raise UnclearError
            agent = None
        since, until = span(entry)
        return Allergy(
            name=name.text,
            agent=agent,
            code=coded_value(value) or coded_value(kind),
            since=since,
            until=until,
            reactions=tuple(islice(self._reactions(entry), _MOST_REACTIONS)),
            criticality=self._detail(remarks.criticality),
            severity=self._detail(remarks.severity),
            absent=name.is_absent,
            name_says_absent=name.says_so,
            inactive=remarks.is_inactive,
            uncertain=assertion.is_uncertain,
        )

    def _problem(self, entry: Element) -> HealthProblem | None:
        if _ALLERGY in self._templates[entry] or self._belongs_to_another(entry):
            return None
        assertion, remarks = self._asserted(entry, uncertain=True)
        value = _only(entry, "value")
        name = self._narrative.name(value, is_negated=assertion.is_negated)
        if name is None:
            return None
        since, until = span(entry)
        return HealthProblem(
            name=name.text,
            code=coded_value(value),
            since=since,
            until=until,
            section=self._section_of(entry),
            absent=name.is_absent,
            name_says_absent=name.says_so,
            inactive=remarks.is_inactive,
            uncertain=assertion.is_uncertain,
        )

    def _treatment(self, entry: Element) -> Treatment | None:
        assertion, remarks = self._asserted(entry, planned=True)
        code, name = self._product(entry, is_negated=assertion.is_negated)
        if name is None:
            return None
        if name.is_absent or remarks.is_inactive:
            # Nothing in a Treatment says that it is not taken.
            raise UnclearError
        since, until = span(entry)
        condition = self._condition(entry)
        is_split = entry.find("h:entryRelationship[@typeCode='COMP']/h:substanceAdministration", _V3) is not None
        is_plain = not is_split and (condition is not None or entry.find("h:precondition", _V3) is None)
        return Treatment(
            name=name.text,
            code=code,
            dose=quantity(_single(entry, "doseQuantity")) if is_plain else None,
            rhythm=period(entry) if is_plain else None,
            route=self._detail(entry.find("h:routeCode", _V3)),
            since=since,
            until=until,
            reason=self._reason(entry),
            condition=condition,
            planned=assertion.is_planned,
        )

    def _vaccination(self, entry: Element) -> Vaccination | None:
        assertion, remarks = self._asserted(entry)
        code, name = self._product(entry, is_negated=assertion.is_negated)
        if name is None:
            return None
        if remarks.is_inactive:
            raise UnclearError
        return Vaccination(
            name=name.text,
            code=code,
            on=day_of(when(entry)),
            lot=text_of(entry.find(f"{_MATERIAL}/h:lotNumberText", _V3)),
            rank=_rank(entry),
            absent=name.is_absent,
            name_says_absent=name.says_so,
        )

    def _result(self, entry: Element) -> LabResult | None:
        value, analyte = _only(entry, "value"), entry.find("h:code", _V3)
        assertion, remarks = self._asserted(entry)
        found = None if value is None else value_of(value, self._narrative)
        name = self._narrative.words(analyte)
        coded = coded_value(analyte)
        if found is None or not name:
            return None
        if coded is None or assertion.is_negated or remarks.is_inactive:
            raise UnclearError
        low, high = _range(entry, found.unit)
        time = when(entry)
        return LabResult(
            # Some authors refer to the value for the name of what was measured.
            name=coded.display if coded.display and name.startswith(found.text) else name,
            analyte=coded,
            value=found.text,
            number=found.number,
            unit=found.unit,
            low=low,
            high=high,
            interpretation=_interpretation(entry),
            at=zoned_moment(time),
            on=day_of(time),
        )

    def _reactions(self, entry: Element) -> Iterator[str]:
        for reaction in self._statements.reactions(entry):
            try:
                name = self._narrative.name(reaction.find("h:value", _V3), is_negated=False)
            except UnclearError:
                continue
            if name is not None and not name.is_absent:
                yield name.text

    def _agent(self, entry: Element) -> str | None:
        """All agents, by name; UnclearError if a code among them denies that there is one."""
        named: dict[str, None] = {}
        for participant in entry.iterfind("h:participant", _V3):
            entity = participant.find("h:participantRole/h:playingEntity", _V3)
            if entity is None or participant.get("typeCode") not in (None, "CSM"):
                continue
            code = entity.find("h:code", _V3)
            if code is not None and any(map(wording.is_none_known, codes_of(code))):
                raise UnclearError
            words = self._detail(code) or text_of(entity.find("h:name", _V3))
            if words and not _is_answer(words):
                named[words] = None
        return bounded(", ".join(islice(named, _MOST_REACTIONS)))

    def _product(self, entry: Element, *, is_negated: bool) -> tuple[Coded | None, Name | None]:
        if any(wording.is_none_known(code) for code in _codes(entry)):
            raise UnclearError
        material = entry.find(_MATERIAL, _V3)
        if material is None or any(wording.is_no_information(code) for code in _codes(entry)):
            return None, None
        code = material.find("h:code", _V3)
        named = self._narrative.name(code, is_negated=is_negated)
        brand = text_of(material.find("h:name", _V3))
        if brand is None or _is_answer(brand) or (named is not None and named.is_absent and not is_negated):
            return coded_value(code), named
        if wording.says_none(brand):
            raise UnclearError
        return coded_value(code), Name(brand, is_negated)

    def _reason(self, entry: Element) -> str | None:
        for act in entry.iterfind("h:entryRelationship[@typeCode='RSON']/*", _V3):
            assertion = self._statements.assertion(act)
            if assertion.is_asserted and not assertion.is_negated:
                return self._detail(act.find("h:code", _V3))
        return None

    def _condition(self, entry: Element) -> str | None:
        criteria = entry.findall("h:precondition/h:criterion", _V3)
        if len(criteria) != 1:
            return None
        text, code, value = (criteria[0].find(f"h:{name}", _V3) for name in ("text", "code", "value"))
        try:
            return self._narrative.cited(text) or text_of(text) or self._detail(code if value is None else value)
        except UnclearError:
            return None

    def _detail(self, coded: Element | None) -> str | None:
        """The words of a value that only adds to a statement; none if they are not clear."""
        try:
            return self._narrative.words(coded)
        except UnclearError:
            return None

    def _belongs_to_another(self, entry: Element) -> bool:
        """An effect of a drug or vaccine, the reason for it, or a reaction to an allergen is part of that entry."""
        for outer in entry.iterancestors(_ADMINISTRATION, _OBSERVATION):
            if outer.tag == _ADMINISTRATION or _ALLERGY in self._templates.get(outer, ()):
                return True
        return False

    def _section_of(self, entry: Element) -> str:
        section = next(entry.iterancestors(_SECTION), None)
        if section is None:
            return ""
        if section not in self._titles:
            self._titles[section] = text_of(section.find("h:title", _V3)) or ""
        return self._titles[section]


def _is_answer(words: str) -> bool:
    return wording.says_yes(words) or wording.says_no(words) or wording.is_uninformative(words)


def _is_uninformative(value: Element | None) -> bool:
    """Whether a value was asked for and is not told, not even in words."""
    if value is None:
        return False
    return (
        any(wording.is_no_information(code) for code in codes_of(value))
        or value.get("nullFlavor") in _NULLS_WITHOUT_INFORMATION
    )


def _only(entry: Element, name: str) -> Element | None:
    """The child of that name; UnclearError if there are several, since one alone would be half of a statement."""
    found = entry.findall(f"h:{name}", _V3)
    if len(found) > 1:
        raise UnclearError
    return found[0] if found else None


def _single(entry: Element, name: str) -> Element | None:
    """The child of that name, none of several."""
    found = entry.findall(f"h:{name}", _V3)
    return found[0] if len(found) == 1 else None


def _codes(entry: Element) -> Iterator[str]:
    code = entry.find("h:code", _V3)
    return iter(()) if code is None else codes_of(code)


def _rank(entry: Element) -> str | None:
    for observation in entry.iterfind("h:entryRelationship/h:observation", _V3):
        value = observation.find("h:value", _V3)
        if value is not None and observation.find(f"h:code[@code='{_RANK}']", _V3) is not None:
            return None if value.get("nullFlavor") else bounded(value.get("value"))
    return None


def _range(entry: Element, unit: str | None) -> tuple[float | None, float | None]:
    """The one range of normal values, in the unit of the value; none that leaves out one of its own ends."""
    ranges = [
        limits
        for observed in entry.iterfind("h:referenceRange/h:observationRange", _V3)
        if observed.find("h:precondition", _V3) is None and _interpretation(observed) in (None, "N")
        for limits in observed.iterfind("h:value", _V3)
    ]
    if len(ranges) != 1:
        return None, None
    ends = [ranges[0].find(f"h:{name}", _V3) for name in ("low", "high")]
    if any(end is not None and _departs(end, unit) for end in ends):
        return None, None
    low, high = (number_of(end) for end in ends)
    return (None, None) if low is not None and high is not None and low > high else (low, high)


def _departs(end: Element, unit: str | None) -> bool:
    is_open = end.get("inclusive", "true") not in ("true", "1")
    return is_open or bool(end.get("unit") and unit_of(end) != unit)


def _interpretation(entry: Element) -> str | None:
    codes = (code.get("code") for code in entry.iterfind("h:interpretationCode", _V3) if not code.get("nullFlavor"))
    return bounded(", ".join(dict.fromkeys(code for code in codes if code)))
