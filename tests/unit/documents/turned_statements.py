"""Everything in an entry of a CDA that turns its statement round, as changes of one entry in a tree."""

from collections.abc import Callable
from functools import partial

from lxml import etree

V3 = "urn:hl7-org:v3"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
Element = etree._Element
Turn = Callable[[Element], None]

MOODS = ("INT", "RQO", "PRMS", "PRP", "GOL", "DEF", "EVN.CRT", "ARQ", "APT", "OPT")
STATUSES = ("aborted", "cancelled", "nullified", "suspended", "held", "obsolete", "new")
NULLS = ("NI", "UNK", "NASK", "ASKU", "NAV", "MSK", "OTH", "NA")


def turns() -> dict[str, Turn]:
    """Each by its name; a change that does not fit an entry leaves it as it is."""
    changes: dict[str, Turn] = {
        "as it is": partial(_set, {}),
        "negation flipped": _flip,
        "family history": _in_family_history,
        "known absent by qualifier": partial(_to_each_value, partial(_add, _QUALIFIER)),
    }
    changes |= {f"negationInd {flag}": partial(_set, {"negationInd": flag}) for flag in ("true", "false", "1", "oui")}
    changes |= {name: partial(_set, {name: "true"}) for name in ("valueNegationInd", "actionNegationInd")}
    changes |= {f"mood {mood}": partial(_set, {"moodCode": mood}) for mood in MOODS}
    changes |= {f"status {status}": partial(_set_status, status) for status in STATUSES}
    changes |= {f"null {null}": partial(_set, {"nullFlavor": null}) for null in NULLS}
    changes |= {f"value null {null}": partial(_to_each_value, partial(_set, {"nullFlavor": null})) for null in NULLS}
    changes |= {name: partial(_add, xml) for name, xml in _ADDED.items()}
    changes |= {
        f"code {code}": partial(_to_each_value, partial(_set, {"code": code}))
        for code in ("716186003", "160244002", "no-known-problems")
    }
    changes |= {f"value {name}": partial(_replace_value, xml) for name, xml in _VALUES.items()}
    for depth in (1, 2, 3):
        changes |= {
            f"{name} {depth} around": partial(_around, depth, change)
            for name, change in {
                "negated": partial(_set, {"negationInd": "true"}),
                "null": partial(_set, {"nullFlavor": "NI"}),
                "subject": partial(_add, _SUBJECT),
                "cancelled": partial(_set_status, "cancelled"),
                "goal": partial(_set, {"moodCode": "GOL"}),
                "plan": partial(_set, {"moodCode": "INT"}),
            }.items()
        }
    return changes


_SUBJECT = "<subject typeCode='SBJ'><relatedSubject classCode='PRS'><code code='FTH'/></relatedSubject></subject>"
_QUALIFIER = "<qualifier><name code='408729009'/><value code='410516002' displayName='absence connue'/></qualifier>"
_REMARK = (
    "<entryRelationship typeCode='SUBJ'><observation classCode='OBS' moodCode='EVN'><code code='{}'/>"
    "<statusCode code='completed'/><value code='{}' displayName='x'/></observation></entryRelationship>"
)
_ADDED = {
    "subject": _SUBJECT,
    "participant subject": "<participant typeCode='SBJ'><participantRole/></participant>",
    "uncertainty": "<uncertaintyCode code='U'/>",
    "no uncertainty": "<uncertaintyCode code='N'/>",
    **{f"status {code}": _REMARK.format("33999-4", code) for code in ("active", "resolved", "inactive")},
    **{
        f"certainty {code}": _REMARK.format("66455-7", code)
        for code in ("confirmed", "unconfirmed", "refuted", "entered-in-error")
    },
    "second value": "<value value='1' displayName='Autre'/>",
}
_VALUES = {
    "below": "<value x:type='IVL_PQ'><high value='20' unit='g/L' inclusive='false'/></value>",
    "at most": "<value x:type='IVL_PQ'><high value='20' unit='g/L'/></value>",
    "above": "<value x:type='p:IVL_PQ'><low value='20' unit='g/L' inclusive='false'/></value>",
    "at least": "<value x:type='IVL_REAL'><low value='20' inclusive='true'/><high nullFlavor='PINF'/></value>",
    "between": "<value x:type='IVL_PQ'><low value='1' unit='g/L'/><high value='2' unit='g/L'/></value>",
    "between, open": "<value x:type='IVL_INT'><low value='1' inclusive='false'/>"
    "<high value='2' inclusive='false'/></value>",
    "around": "<value x:type='IVL_PQ'><center value='5' unit='g/L'/><width value='2' unit='g/L'/></value>",
    "reversed": "<value x:type='IVL_PQ'><low value='9' unit='g/L'/><high value='2' unit='g/L'/></value>",
    "two units": "<value x:type='IVL_PQ'><low value='9' unit='mg/L'/><high value='10' unit='g/L'/></value>",
    "less": "<value x:type='PQ' value='-3.5' unit='g/L'/>",
    "probable": "<value x:type='PPD_PQ' value='5' unit='g/L'><standardDeviation value='2'/></value>",
    "null with a value": "<value x:type='PQ' value='5' unit='g/L' nullFlavor='UNK'/>",
}


def _set(attributes: dict[str, str], element: Element) -> None:
    element.attrib.update(attributes)


def _add(xml: str, element: Element) -> None:
    element.append(_parsed(xml))


def _around(depth: int, change: Turn, entry: Element) -> None:
    """Change the element so many steps around, or the section."""
    for number, outer in enumerate(entry.iterancestors(), start=1):
        if number == depth or outer.tag == f"{{{V3}}}section":
            change(outer)
            return


def _flip(entry: Element) -> None:
    entry.set("negationInd", "false" if entry.get("negationInd") == "true" else "true")


def _set_status(code: str, element: Element) -> None:
    for status in element.findall(f"{{{V3}}}statusCode"):
        element.remove(status)
    _add(f"<statusCode code='{code}'/>", element)


def _to_each_value(change: Turn, entry: Element) -> None:
    for value in entry.findall(f"{{{V3}}}value"):
        change(value)


def _replace_value(xml: str, entry: Element) -> None:
    for value in entry.findall(f"{{{V3}}}value"):
        entry.replace(value, _parsed(xml))


def _in_family_history(entry: Element) -> None:
    section = next(entry.iterancestors(f"{{{V3}}}section"))
    for code in section.findall(f"{{{V3}}}code"):
        code.set("code", "10157-6")


def _parsed(xml: str) -> Element:
    wrapper = f"<w xmlns='{V3}' xmlns:x='http://www.w3.org/2001/XMLSchema-instance' xmlns:p='{V3}'>{xml}</w>"
    return etree.fromstring(wrapper)[0]
