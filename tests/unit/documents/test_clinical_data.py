"""Coded entries of a structured CDA are read as clinical data; names come from the narrative."""

import msgspec
import pytest

from contracts.clinical_data import Allergy, ClinicalData, HealthProblem, LabResult, Treatment, Vaccination
from contracts.errors.execution import NotRenderable
from contracts.vocabulary import Coded
from samples.heavy import cited_narrative
from services.documents.clinical_data import checked
from services.documents.rendering.clinical_data import MOST_ENTRIES
from services.documents.rendering.pages import clinical_data_page, page_of
from services.documents.rendering.rhythms import in_words
from tests.unit.documents.narratives import cda, template
from tests.unit.documents.specimens import vsm

PROBLEM, ALLERGY = "1.3.6.1.4.1.19376.1.5.3.1.4.5", "1.3.6.1.4.1.19376.1.5.3.1.4.6"
TREATMENT, VACCINATION = "1.3.6.1.4.1.19376.1.5.3.1.4.7", "1.3.6.1.4.1.19376.1.5.3.1.4.12"
RESULT = "1.3.6.1.4.1.19376.1.3.1.6"
NARRATIVE = '<content ID="a">Asthme <br/>sévère</content>'


def read(entries: str) -> ClinicalData:
    return read_document(cda(NARRATIVE, entries=entries))


def read_document(document: bytes) -> ClinicalData:
    return msgspec.json.decode(clinical_data_page(document).body, type=ClinicalData)


def observation(inner: str, *templates: str, negated: bool = False) -> str:
    flag = ' negationInd="true"' if negated else ""
    return f"<observation{flag}>{template(*templates)}{inner}</observation>"


def drug(inner: str, *templates: str, name: str = "<name>DOLIPRANE</name>") -> str:
    material = f"<manufacturedMaterial><code code='D' codeSystem='1.2'/>{name}<lotNumberText>L1</lotNumberText>"
    product = f"<consumable><manufacturedProduct>{material}</manufacturedMaterial></manufacturedProduct></consumable>"
    return f"<substanceAdministration>{template(*templates)}{inner}{product}</substanceAdministration>"


def test_a_problem_is_called_as_its_author_calls_it() -> None:
    value = '<value code="J45" codeSystem="1.3"><originalText><reference value="#a"/></originalText></value>'
    time = '<effectiveTime><low value="2019"/><high value="201908"/></effectiveTime>'
    (found,) = read(observation(time + value, PROBLEM)).problems
    assert found == HealthProblem(
        name="Asthme sévère", code=Coded("J45", "1.3"), since="2019", until="2019-08", section="Section"
    )


def test_entries_that_cite_one_narrative_have_its_beginning_and_say_that_it_goes_on() -> None:
    found = read_document(cited_narrative(vsm(), 2_000, 3_000_000)).problems
    assert {len(problem.name) for problem in found} == {300}
    assert all(problem.name.startswith("un mot un mot") and problem.name.endswith("…") for problem in found)


def test_entries_beyond_the_most_that_are_read_are_said_to_be_missing() -> None:
    entry = observation("<value displayName='Diabète'/>", PROBLEM)
    whole, cut = read(entry * MOST_ENTRIES), read(entry * (MOST_ENTRIES + 1))
    assert len(whole.problems) == len(cut.problems) == MOST_ENTRIES
    assert cut.incomplete and not whole.incomplete
    summary = cda("x", entries=entry * (MOST_ENTRIES + 1)).replace(b"<title>", b"<code code='SYNTH'/><title>", 1)
    assert "lisez-le en entier" in page_of(summary, "fr").body.decode()


def test_an_allergy_is_no_problem_and_names_its_agent() -> None:
    entity = "<playingEntity><code displayName='Arachide'/></playingEntity>"
    agent = f"<participant><participantRole>{entity}</participantRole></participant>"
    inner = f"<code code='x' displayName='alimentaire'/><value/>{agent}"
    found = read(observation(inner, PROBLEM, ALLERGY))
    code = Coded("x", None, "alimentaire")
    assert found.allergies == (Allergy(name="alimentaire", agent="Arachide", code=code),)
    assert found.problems == ()


def test_a_negated_problem_is_marked_absent() -> None:
    found = read(observation("<value displayName='Diabète'/>", PROBLEM, negated=True))
    assert found.problems[0].absent
    assert not read(observation("<value displayName='Diabète'/>", PROBLEM)).problems[0].absent


def test_a_treatment_has_dose_rhythm_route_and_reason() -> None:
    inner = (
        "<effectiveTime><low value='20190811'/></effectiveTime>"
        "<effectiveTime><period value='6' unit='h'/></effectiveTime>"
        "<routeCode displayName='Voie orale'/>"
        "<doseQuantity><low value='1' unit='{tablet}'/><high value='2'/></doseQuantity>"
        "<entryRelationship typeCode='RSON'><act><code displayName='Fièvre'/></act></entryRelationship>"
    )
    (found,) = read(drug(inner, TREATMENT)).treatments
    assert found == Treatment(
        name="DOLIPRANE",
        code=Coded("D", "1.2"),
        dose="1 – 2 tablet",
        rhythm="6 h",
        route="Voie orale",
        since="2019-08-11",
        reason="Fièvre",
    )


def test_a_vaccination_has_its_day_lot_and_rank_and_what_it_caused_is_no_problem() -> None:
    rank = "<observation><code code='30973-2'/><value value='2'/></observation>"
    fever = observation("<value displayName='Fièvre'/>", PROBLEM)
    links = f"<entryRelationship>{rank}</entryRelationship><entryRelationship>{fever}</entryRelationship>"
    found = read(drug(f"<effectiveTime value='1975'/>{links}", VACCINATION))
    assert found.vaccinations == (
        Vaccination(name="DOLIPRANE", code=Coded("D", "1.2"), on="1975", lot="L1", rank="2"),
    )
    assert found.problems == ()


def test_a_result_has_its_number_unit_and_range() -> None:
    limits = "<value><low value='9.30'/><high value='17.00'/></value>"
    inner = (
        "<code code='3024-7' codeSystem='2.16' displayName='FT4'/><effectiveTime value='20140402145521+0200'/>"
        "<value value='7.67' unit='pg/mL'/><interpretationCode code='L'/>"
        f"<referenceRange><observationRange>{limits}</observationRange></referenceRange>"
    )
    (found,) = read(observation(inner, RESULT)).results
    assert isinstance(found, LabResult)
    assert (found.value, found.number, found.unit, found.low, found.high) == ("7.67", 7.67, "pg/mL", 9.3, 17.0)
    assert found.at and found.at.isoformat() == "2014-04-02T14:55:21+02:00"


@pytest.mark.parametrize(
    "entries",
    [
        observation("", PROBLEM),
        observation("<value/>", ALLERGY),
        observation("<code code='x'/><value/>", RESULT),
        drug("", TREATMENT, name=""),
        drug("", VACCINATION, name="<name> </name>"),
        f"<substanceAdministration>{template(TREATMENT)}</substanceAdministration>",
        observation("<value displayName='x'/>", "9.9"),
    ],
)
def test_an_entry_without_a_name_is_left_out(entries: str) -> None:
    assert read(entries) == ClinicalData()


@pytest.mark.parametrize("number", ["1e999", "NaN", "٣", "0x10", "1" * 40, "--1"])
def test_a_value_that_is_no_number_stays_text(number: str) -> None:
    (found,) = read(observation(f"<code code='x' displayName='n'/><value value='{number}'/>", RESULT)).results
    assert (found.value, found.number) == (number, None)


def test_a_medical_summary_begins_with_an_overview_and_other_documents_do_not() -> None:
    entries = observation("<value displayName='Diabète &lt;b&gt;'/>", PROBLEM)
    plain = cda(NARRATIVE, entries=entries)
    summary = plain.replace(b"<title>Compte", b'<code code="60591-5"/><title>Compte', 1)
    assert 'class="summary"' not in page_of(plain, "fr").body.decode()
    page = page_of(summary, "fr").body.decode().partition("</style>")[2]
    assert page.index("PAT-ESSAI") < page.index('<section class="summary">') < page.index("Asthme")
    assert "<li>Diabète &lt;b&gt;</li>" in page
    assert "Problems and history" in page_of(summary, "en").body.decode()


@pytest.mark.parametrize(
    ("period", "french", "english"),
    [
        ("1 d", "par jour", "every day"),
        ("6 h", "toutes les 6 heures", "every 6 hours"),
        ("3 mo", "tous les 3 mois", "every 3 months"),
        ("1 h", "par heure", "every hour"),
        ("1.5 d", "1.5 d", "1.5 d"),
        (None, None, None),
    ],
)
def test_a_plain_period_is_written_in_words(period: str | None, french: str | None, english: str | None) -> None:
    assert (in_words(period, "fr"), in_words(period, "en")) == (french, english)


def test_an_answer_of_a_renderer_is_written_anew() -> None:
    """It is a line among those of other contents."""
    plain = ClinicalData(problems=(HealthProblem(name="Asthme\nsévère"),), incomplete=True)
    sent = msgspec.json.encode(plain)
    assert checked(sent) == sent
    assert checked(b"\n" + msgspec.json.format(sent) + b"\n") == sent
    assert checked(b'{"other": 1}\n') == b"{}"


@pytest.mark.parametrize(
    "answer",
    [b"", b"{}\n{}", b'{}}\n{"content_id":"1","facts":{}', b"null", b"\xff", b'{"problems":[{"name":"\xff"}]}'],
    ids=["nothing", "two", "a line of another content", "no data", "no text", "a name of no text"],
)
def test_an_answer_that_is_no_clinical_data_is_none(answer: bytes) -> None:
    with pytest.raises(NotRenderable):
        checked(answer)
