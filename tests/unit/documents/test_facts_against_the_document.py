"""Clinical data never say the opposite of their document: compared with a second reading of it, entry by entry.

Every entry of every sample is turned round in each way that CDA knows. What is shown of it must be what the second
reading makes of it, or nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree

from contracts.clinical_data import ClinicalData, LabResult
from services.documents.rendering.clinical_data import clinical_data_in
from tests.support.comparisons import check_all
from tests.unit.documents.plain_reader import ENTRIES, Bounds, bounds_of, elements, readings
from tests.unit.documents.specimens import every_kind
from tests.unit.documents.turned_statements import XSI_TYPE, turns

OFFICIAL = Path(__file__).parents[4] / "shared" / "data" / "cda"
_CLINICAL_DOCUMENT = "{urn:hl7-org:v3}ClinicalDocument"
_INTERVAL = re.compile(
    r"(?:(?P<low_sign>[>≥])? ?(?P<low>-?[\d.]+))?(?: – )?(?:(?P<high_sign>[<≤])? ?(?P<high>-?[\d.]+))?"
)


def parsed(document: bytes) -> etree._Element:
    return next(etree.fromstring(document, etree.XMLParser(remove_comments=True)).iter(_CLINICAL_DOCUMENT))


def statements(data: ClinicalData) -> Iterator[tuple[str, str, str]]:
    """Each fact as its kind, its code, and what is said of it."""
    for kind in ENTRIES:
        for fact in getattr(data, kind):
            code = fact.analyte if isinstance(fact, LabResult) else fact.code
            if code is not None:
                yield kind, code.code, said_of(fact)


def said_of(fact: object) -> str:
    for field, word in (
        ("absent", "denied"),
        ("planned", "planned"),
        ("uncertain", "uncertain"),
        ("inactive", "over"),
    ):
        if getattr(fact, field, False):
            return word
    return "affirmed"


def reversed_statements(document: etree._Element) -> list[str]:
    """Facts that no entry states in that way; results whose bounds are those of no entry."""
    read, data = list(readings(document)), clinical_data_in(document)
    in_document = Counter((reading.kind, reading.code, reading.says) for reading in read)
    wrong = [str(fact) for fact, number in Counter(statements(data)).items() if number > in_document[fact]]
    bounds = {(reading.code, reading.bounds) for reading in read}
    return wrong + [
        f"{result.analyte.code} {result.value}"
        for result in data.results
        if (found := bounds_in(result.value))
        and not bounds & {(result.analyte.code, value) for value in (found, None)}
    ]


def bounds_in(value: str) -> Bounds | None:
    """The interval that a result shows; None for text."""
    found = _INTERVAL.fullmatch(value)
    if found is None or not re.search(r"\d", value):
        return None
    low, high = (float(found[name]) if found[name] else None for name in ("low", "high"))
    if low is not None and high is None and found["low_sign"] is None:
        return Bounds(low, low)
    return Bounds(low, high, found["low_sign"] != ">", found["high_sign"] != "<")


@pytest.mark.parametrize("kind", every_kind())
def test_no_turned_entry_of_a_sample_is_shown_as_its_opposite(kind: str) -> None:
    document, found = parsed(every_kind()[kind]), dict[str, list[str]]()
    for path in ENTRIES.values():
        for number, _ in enumerate(elements(document, path)):
            for name, turn in turns().items():
                changed = deepcopy(document)
                turn(elements(changed, path)[number])
                found[f"{path} {number} {name}"] = reversed_statements(changed)
    check_all("turned entry of a sample", found, {name: [] for name in found})


def test_what_a_sample_states_plainly_is_shown() -> None:
    document = parsed(every_kind()["coded summary"])
    shown = Counter(statements(clinical_data_in(document)))
    assert shown == Counter((reading.kind, reading.code, reading.says) for reading in readings(document))
    assert set(ENTRIES) == {kind for kind, _, _ in shown}


@pytest.mark.skipif(not OFFICIAL.exists(), reason=f"no official samples at {OFFICIAL}")
@pytest.mark.parametrize("path", sorted(OFFICIAL.glob("*.xml")), ids=lambda path: path.stem)
def test_no_turned_entry_of_an_official_sample_is_shown_as_its_opposite(path: Path) -> None:
    document = parsed(path.read_bytes())
    found = {"as it is": reversed_statements(document)}
    for kind, entries in ENTRIES.items():
        for name, turn in turns().items() if elements(document, entries) else ():
            changed = deepcopy(document)
            turn(elements(changed, entries)[0])
            found[f"{kind} {name}"] = reversed_statements(changed)
    check_all("turned entry of an official sample", found, {name: [] for name in found})


def test_values_of_every_turned_type_keep_their_bounds() -> None:
    document = parsed(every_kind()["coded summary"])
    (first, *_) = elements(document, ENTRIES["results"])
    shown = {}
    for name, turn in turns().items():
        if name.startswith("value "):
            changed = deepcopy(document)
            entry = elements(changed, ENTRIES["results"])[0]
            turn(entry)
            found = [result.value for result in clinical_data_in(changed).results if result.name == "Ferritine"]
            if found and elements(entry, "h:value")[0].get(XSI_TYPE):
                shown[name] = (found[0], bounds_of(entry))
    assert {name: value for name, (value, _) in shown.items()} == {
        "value below": "< 20",
        "value at most": "≤ 20",
        "value above": "> 20",
        "value at least": "≥ 20",
        "value between": "1 – 2",
        "value between, open": "> 1 – < 2",
        "value less": "-3.5",
    }
    assert all(bounds_in(value) == bounds for value, bounds in shown.values()), first.tag
