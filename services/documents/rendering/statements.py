"""What the structure of a CDA makes of an entry: stated of the patient, denied, planned, uncertain, or not stated."""

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

Element = etree._Element

_V3 = {"h": "urn:hl7-org:v3"}
_NS = "{urn:hl7-org:v3}"
_BODY, _TEMPLATE = f"{_NS}structuredBody", f"{_NS}templateId"
_CODE, _STATUS_CODE, _SUBJECTS = (
    f"{_NS}code",
    f"{_NS}statusCode",
    frozenset({f"{_NS}subject", f"{_NS}relatedSubject"}),
)
_PARTICIPANT = f"{_NS}participant"
_PLANNED_MOODS = frozenset({"INT", "RQO", "PRMS"})
_VALID_STATUSES = frozenset({"completed", "active", "normal"})
_NEGATIONS = ("negationInd", "actionNegationInd", "valueNegationInd")
_TRUTH = {"false": False, "0": False, "true": True, "1": True}
_EVENT = "EVN"
_OF_RELATIVES = frozenset(("10157-6", "8670-2", "416471007", "57177007", "281666001"))
"""Codes (LOINC, SNOMED CT) of sections and observations on the diseases of a family."""
_TEMPLATES_OF_RELATIVES = frozenset(
    (
        *(f"1.3.6.1.4.1.19376.1.5.3.1.{name}" for name in ("3.14", "3.15", "4.15", "4.13.3")),
        *(f"2.16.840.1.113883.10.20.{name}" for name in ("22.4.45", "22.4.46", "1.22", "1.23", "1.42")),
    )
)
"""Of IHE PCC, CCD and C-CDA: family history."""
_STATUS, _CERTAINTY, _CRITICALITY, _SEVERITY = "33999-4", "66455-7", "82606-5", "SEV"
_ACTIVE = frozenset(
    ("active", "recurrence", "recurrent", "relapse", "55561003", "90734009", "255227004", "246455001", "7087005")
)
_INACTIVE = frozenset(("inactive", "resolved", "remission", "73425007", "413322009", "277022003"))
_CONFIRMED = frozenset(("confirmed", "410605003", "410515003"))
_UNCONFIRMED = frozenset(
    ("unconfirmed", "provisional", "differential", "suspected", "415684004", "410592001", "410590009")
)
TURNING = frozenset(
    ("refuted", "entered-in-error", "373572006", "410516002", "410594000", "410593006", "723510000", "723511001")
)
"""Codes that turn round what they stand beside, whatever they are called: known absent, refuted, an error."""

_TURNING_CODES = _OF_RELATIVES | TURNING
_REMARKED = _ACTIVE | _INACTIVE | _CONFIRMED | _UNCONFIRMED


class UnclearError(Exception):
    """An entry that is no statement about the patient, or of which nothing can be said without its narrative."""


class Assertion(NamedTuple):
    """What holds of an entry. `is_asserted`: of the patient, by its author, and it is valid."""

    is_asserted: bool = True
    is_planned: bool = False
    is_uncertain: bool = False
    is_negated: bool = False

    def within(self, outer: "Assertion") -> "Assertion":
        """As a part of another: what is said within a negation is not said at all."""
        return Assertion(
            is_asserted=self.is_asserted and outer.is_asserted and not outer.is_negated,
            is_planned=self.is_planned or outer.is_planned,
            is_uncertain=self.is_uncertain or outer.is_uncertain,
            is_negated=self.is_negated,
        )


class Remarks(NamedTuple):
    """What entries below an entry say of it."""

    is_inactive: bool = False
    is_uncertain: bool = False
    criticality: Element | None = None
    severity: Element | None = None


class Statements:
    """Assertions of the elements of one document, each computed once."""

    def __init__(self) -> None:
        self._known: dict[Element, Assertion] = {}

    def assertion(self, entry: Element) -> Assertion:
        """Of an entry, in all that surrounds it."""
        unknown: list[Element] = []
        element: Element | None = entry
        while element is not None and element.tag != _BODY and element not in self._known:
            unknown.append(element)
            element = element.getparent()
        found = self._known.get(element, Assertion()) if element is not None else Assertion()
        for element in reversed(unknown):
            found = self._known[element] = _own(element).within(found)
        return found

    def remarks(self, entry: Element) -> Remarks:
        """What observations below the entry say of its status and certainty.

        Raises:
            UnclearError: they turn it round, or contradict each other.
        """
        states: set[bool] = set()
        uncertain, kept = False, Remarks()
        for observation in entry.iterfind("h:entryRelationship/h:observation", _V3):
            code, value = _code(observation, "code"), _code(observation, "value")
            if code in (_STATUS, _CERTAINTY):
                if value is None:
                    continue
                self._check_plain(observation)
                if value not in _REMARKED:
                    raise UnclearError
                states |= {value in _INACTIVE} if value in _ACTIVE | _INACTIVE else set()
                uncertain |= value in _UNCONFIRMED
            elif value in TURNING:
                raise UnclearError
            elif code in (_CRITICALITY, _SEVERITY) and self._is_plain(observation):
                words = observation.find("h:value", _V3)
                kept = kept._replace(criticality=words) if code == _CRITICALITY else kept._replace(severity=words)
        if len(states) > 1:
            raise UnclearError
        return kept._replace(is_inactive=True in states, is_uncertain=uncertain)

    def reactions(self, entry: Element) -> Iterator[Element]:
        """The observations that are stated as manifestations of the entry."""
        for observation in entry.iterfind("h:entryRelationship[@typeCode='MFST']/h:observation", _V3):
            if self._is_plain(observation):
                yield observation

    def _is_plain(self, observation: Element) -> bool:
        assertion = self.assertion(observation)
        return assertion.is_asserted and not (assertion.is_negated or assertion.is_planned or assertion.is_uncertain)

    def _check_plain(self, observation: Element) -> None:
        if not self._is_plain(observation):
            raise UnclearError


def _own(element: Element) -> Assertion:
    """Of one element by its attributes and children."""
    mood, negations = element.get("moodCode", _EVENT), _negations(element)
    is_valid, is_uncertain = element.get("nullFlavor") is None and None not in negations, False
    for child in element:
        tag = str(child.tag)
        if tag == _TEMPLATE:
            is_valid &= child.get("root") not in _TEMPLATES_OF_RELATIVES
        elif tag == _STATUS_CODE:
            is_valid &= child.get("code", "active") in _VALID_STATUSES
        elif tag == _CODE:
            is_valid &= child.get("code") not in _TURNING_CODES
        elif tag in _SUBJECTS or (tag == _PARTICIPANT and child.get("typeCode") == "SBJ"):
            is_valid = False
        elif tag.endswith("}uncertaintyCode"):
            is_uncertain |= child.get("code") != "N"
    is_planned = mood in _PLANNED_MOODS
    is_asserted = is_valid and (is_planned or mood == _EVENT) and negations.count(True) < 2
    return Assertion(is_asserted, is_planned, is_uncertain, True in negations)


def _negations(element: Element) -> list[bool | None]:
    """What each attribute says that negates; None for one that says neither."""
    written = (element.get(name) for name in _NEGATIONS)
    return [_TRUTH.get(flag.strip().lower()) for flag in written if flag]


def _code(element: Element, name: str) -> str | None:
    found = element.find(f"h:{name}", _V3)
    return None if found is None else found.get("code") or None
