"""A result has the words, bounds and precision of its value and time, or is left to the narrative."""

import pytest

from contracts.clinical_data import LabResult
from tests.unit.documents.test_clinical_data import PROBLEM, RESULT, observation, read

XSI = "xmlns:x='http://www.w3.org/2001/XMLSchema-instance'"


def result_of(value: str, more: str = "") -> LabResult | None:
    inner = f"<code code='c' displayName='Analyse'/>{more}{value.replace('<value', f'<value {XSI}', 1)}"
    found = read(observation(inner, RESULT))
    assert found.results or found.left_out == ("results",) or "nullFlavor" in value or value == "<value/>"
    return next(iter(found.results), None)


@pytest.mark.parametrize(
    ("value", "shown", "unit"),
    [
        ("<value x:type='PQ' value='0.128' unit='ug/mL'/>", "0.128", "ug/mL"),
        ("<value x:type='PQ' value='5' unit='1'/>", "5", None),
        ("<value x:type='IVL_PQ'><high value='0.128' unit='ug/mL' inclusive='false'/></value>", "< 0.128", "ug/mL"),
        ("<value x:type='IVL_PQ'><low nullFlavor='NINF'/><high value='3'/></value>", "≤ 3", None),
        ("<value x:type='n:IVL_PQ'><low value='3' inclusive='false'/></value>", "> 3", None),
        ("<value><low value='1' unit='g'/><high value='2' unit='g'/></value>", "1 – 2", "g"),
        ("<value x:type='IVL_INT'><low value='1'/><high value='2' inclusive='false'/></value>", "≥ 1 – < 2", None),
        ("<value x:type='ST'>&lt;0,128</value>", "<0,128", None),
        ("<value x:type='ED' mediaType='text/plain'>négatif</value>", "négatif", None),
        ("<value x:type='BL' value='false'/>", "false", None),
        ("<value x:type='MO' value='12.5' currency='EUR'/>", "12.5 EUR", None),
        ("<value x:type='TS' value='202405'/>", "2024-05", None),
        ("<value x:type='RTO'><numerator value='1'/><denominator value='128'/></value>", "1 / 128", None),
        (
            "<value x:type='RTO_PQ_PQ'><numerator value='5' unit='mg'/><denominator value='2' unit='mL'/></value>",
            "5 mg / 2 mL",
            None,
        ),
        ("<value x:type='CD' code='a' displayName='présent'/>", "présent", None),
        ("<value x:type='CO' code='a'><translation code='b' displayName='++'/></value>", "++", None),
        (
            "<value x:type='CE' nullFlavor='OTH'><originalText>Aspect trouble</originalText></value>",
            "Aspect trouble",
            None,
        ),
    ],
)
def test_a_result_has_the_words_and_bounds_of_its_value(value: str, shown: str, unit: str | None) -> None:
    found = result_of(value)
    assert found and (found.value, found.unit) == (shown, unit)
    assert (found.number is not None) == ("'PQ'" in value)


@pytest.mark.parametrize(
    "value",
    [
        "<value x:type='IVL_PQ'><center value='5'/></value>",
        "<value x:type='IVL_PQ'><low value='1'/><width value='5'/></value>",
        "<value x:type='IVL_PQ'><low value='9'/><high value='5'/></value>",
        "<value x:type='IVL_PQ'><low value='5' inclusive='false'/><high value='5'/></value>",
        "<value x:type='IVL_PQ'><low value='1' unit='mg'/><high value='5' unit='g'/></value>",
        "<value x:type='IVL_PQ' value='7'><high value='5'/></value>",
        "<value x:type='IVL_PQ'><high value='5' nullFlavor='UNK'/></value>",
        "<value x:type='IVL_PQ'><high value='5' inclusive='peut-être'/></value>",
        "<value x:type='PQ' value='5'><high value='6'/></value>",
        "<value x:type='PQ' value='5' operator='E'/>",
        "<value x:type='PQ' value='5' nullFlavor='UNK'/>",
        "<value x:type='CD' code='a' displayName='présent' nullFlavor='UNK'/>",
        "<value x:type='CD' code='a'/>",
        "<value x:type='RTO'><numerator value='1'/></value>",
        "<value x:type='RTO'><numerator value='1' inclusive='false'/><denominator value='2'/></value>",
        "<value x:type='RTO'><numerator><low value='1'/></numerator><denominator value='2'/></value>",
        "<value x:type='GLIST_PQ'><head value='1'/><increment value='2'/></value>",
        "<value x:type='SLIST_PQ'><origin value='0'/><scale value='2'/><digits>1 2</digits></value>",
        "<value x:type='PPD_PQ' value='5'/>",
        "<value x:type='IVL_TS'><low value='2024'/></value>",
        "<value x:type='PIVL_TS'><period value='1' unit='d'/></value>",
        "<value x:type='EIVL_TS'><event code='ACM'/></value>",
        "<value x:type='II' root='1.2' extension='3'/>",
        "<value x:type='ED' mediaType='image/png' representation='B64'>iVBORw0KGgo=</value>",
        "<value x:type='ED' mediaType='text/plain' compression='GZ'>abc</value>",
        "<value x:type='PQ' value='1'/><value value='2'/>",
    ],
)
def test_a_value_that_is_not_understood_is_left_to_the_narrative(value: str) -> None:
    assert result_of(value) is None


@pytest.mark.parametrize("null", ["UNK", "NI", "NASK", "TRC", "QS", "MSK"])
@pytest.mark.parametrize("kind", ["PQ", "IVL_PQ", "INT", "CD", "ST"])
def test_a_value_that_is_not_told_is_no_result(null: str, kind: str) -> None:
    assert result_of(f"<value x:type='{kind}' nullFlavor='{null}'/>") is None


@pytest.mark.parametrize(
    ("time", "on", "at"),
    [
        ("2024", "2024", None),
        ("202405", "2024-05", None),
        ("20240501", "2024-05-01", None),
        ("20240501103000", "2024-05-01", None),
        ("202405010030+0200", "2024-05-01", "2024-05-01T00:30:00+02:00"),
        ("20241301", None, None),
        ("20240231", None, None),
        ("mai 2024", None, None),
    ],
)
def test_a_time_is_as_precise_as_it_is_written(time: str, on: str | None, at: str | None) -> None:
    found = result_of("<value value='1'/>", f"<effectiveTime value='{time}'/>")
    assert found and (found.on, found.at and found.at.isoformat()) == (on, at)
    since = f"<effectiveTime><low value='{time}'/></effectiveTime>"
    (known,) = read(observation(f"{since}<value displayName='Asthme'/>", PROBLEM)).problems
    assert known.since == on


def test_all_interpretations_are_shown_and_none_that_is_not_told() -> None:
    codes = "<interpretationCode code='H'/><interpretationCode nullFlavor='UNK'/><interpretationCode code='D'/>"
    found = result_of("<value value='1'/>", codes)
    assert found and found.interpretation == "H, D"


@pytest.mark.parametrize(
    ("ranges", "limits"),
    [
        (["<value><low value='1' unit='g/L'/><high value='2'/></value>"], (1.0, 2.0)),
        (["<value><low value='1' unit='mg/L'/></value>"], (None, None)),
        (["<value><low value='3'/><high value='2'/></value>"], (None, None)),
        # A value of 2 would be shown as normal.
        (["<value><low value='1'/><high value='2' inclusive='false'/></value>"], (None, None)),
        (["<value><low value='1'/></value>", "<value><low value='2'/></value>"], (None, None)),
        (
            ["<interpretationCode code='H'/><value><low value='5'/></value>", "<value><high value='5'/></value>"],
            (None, 5.0),
        ),
        (["<value><low value='1'/></value><precondition><criterion/></precondition>"], (None, None)),
    ],
)
def test_a_range_is_that_of_normal_values_in_the_unit_of_the_value(
    ranges: list[str], limits: tuple[float | None, float | None]
) -> None:
    written = "".join(
        f"<referenceRange><observationRange>{inner}</observationRange></referenceRange>" for inner in ranges
    )
    found = result_of("<value value='1' unit='g/L'/>", written)
    assert found and (found.low, found.high) == limits
