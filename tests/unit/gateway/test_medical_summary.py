"""A medical summary of what a record states: whoever reads it finds the same statements, of the same patient."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from contracts.clinical_data import Allergy, ClinicalData, HealthProblem, Treatment, Vaccination
from contracts.envelope import Actor
from contracts.identity.people import Traits
from contracts.vocabulary import OID_TEST, Coded, Finess, Ins, Role
from gateway.portal.professional.medical_entries import can_be_coded
from gateway.portal.professional.medical_summary import KINDS, SummaryAuthor, SummaryLine, medical_summary
from samples.coded import coded_summary
from samples.people import CAMILLE, RADIOLOGIST
from services.documents.cda import read_header
from services.documents.rendering.clinical_data import clinical_data_in

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOLDER = Traits(family_name="ESSAI-MARTIN", given_names="CAMILLE JEANNE", birth_date=date(1985, 7, 14), sex="F")
INS = Ins(CAMILLE.ins, OID_TEST)
AUTHOR = SummaryAuthor(
    Actor(
        role=Role.PROFESSIONAL,
        subject="10003456789",
        name="Dr Malik SORGUE",
        profession="10",
        structure=Finess("990000036"),
    ),
    "Cabinet médical de la Halle",
)
NUMBER = UUID("0fe5a7a9-7ab2-4f55-8000-000000000001")
DATES = st.none() | st.sampled_from(["2016", "2016-04", "2016-04-30"])
NAMES = st.sampled_from(["Hypertension artérielle", "Asthme <intermittent> & toux", "Périndopril 4 mg"])
CODES = st.none() | st.just(Coded("I10", "2.16.840.1.113883.6.3", "Hypertension essentielle"))
FLAGS = st.booleans()


def summary_of(data: ClinicalData) -> bytes:
    lines = {kind: [SummaryLine("", each) for each in getattr(data, kind)] for kind in KINDS}
    return medical_summary(lines, holder=HOLDER, ins=INS, author=AUTHOR, number=NUMBER, at=AT)


def read_again(data: ClinicalData) -> ClinicalData:
    found = clinical_data_in(etree.fromstring(summary_of(data)))
    # Of an allergy without a code, that of its kind is read.
    allergies = [
        msgspec.structs.replace(each, code=None) if each.code and each.code.code == "ALG" else each
        for each in found.allergies
    ]
    plain = [msgspec.structs.replace(each, section="") for each in found.problems]
    return msgspec.structs.replace(found, problems=tuple(plain), allergies=tuple(allergies))


def without_sections(data: ClinicalData) -> ClinicalData:
    plain = tuple(msgspec.structs.replace(each, section="") for each in data.problems)
    return msgspec.structs.replace(data, problems=plain, results=())


def test_the_statements_of_a_coded_document_are_read_again_from_its_summary() -> None:
    sample = coded_summary(patient=CAMILLE, author=RADIOLOGIST, unique_id="1.2.3", effective_time=AT)
    data = without_sections(clinical_data_in(etree.fromstring(sample)))
    assert all(getattr(data, kind) for kind in KINDS)
    assert read_again(data) == data


PROBLEMS = st.builds(
    HealthProblem, name=NAMES, code=CODES, since=DATES, until=DATES, absent=FLAGS, inactive=FLAGS, uncertain=FLAGS
).filter(can_be_coded)
# What is denied has no effects.
ALLERGIES = st.builds(
    Allergy,
    name=NAMES,
    agent=st.none() | NAMES,
    code=CODES,
    since=DATES,
    reactions=st.lists(NAMES, max_size=2).map(tuple),
    severity=st.none() | st.just("sévère"),
    criticality=st.none() | st.just("Haut"),
    absent=FLAGS,
    uncertain=FLAGS,
).filter(
    lambda each: can_be_coded(each) and not (each.absent and (each.reactions or each.severity or each.criticality))
)

TREATMENTS = st.builds(
    Treatment,
    name=NAMES,
    code=CODES,
    dose=st.sampled_from([None, "1 tablet", "1 – 2 tablet", "5 mg"]),
    rhythm=st.sampled_from([None, "1 d", "6 h"]),
    route=st.none() | st.just("orale"),
    since=DATES,
    reason=st.none() | st.just("douleur"),
    planned=FLAGS,
)
VACCINATIONS = st.builds(
    Vaccination,
    name=NAMES,
    code=CODES,
    on=DATES,
    lot=st.none() | st.just("LOT-1"),
    rank=st.none() | st.just("2"),
    absent=FLAGS,
)


@settings(max_examples=60)
@given(
    st.builds(
        ClinicalData,
        allergies=st.lists(ALLERGIES, max_size=2).map(tuple),
        problems=st.lists(PROBLEMS, max_size=2).map(tuple),
        treatments=st.lists(TREATMENTS, max_size=2).map(tuple),
        vaccinations=st.lists(VACCINATIONS, max_size=2).map(tuple),
    )
)
def test_whatever_is_stated_is_read_again_as_it_was_meant(data: ClinicalData) -> None:
    assert read_again(data) == data


def test_the_same_choice_makes_the_same_bytes() -> None:
    data = ClinicalData(problems=(HealthProblem(name="Asthme"),))
    assert summary_of(data) == summary_of(data)


def test_its_header_names_patient_author_and_type() -> None:
    header = read_header(summary_of(ClinicalData(problems=(HealthProblem(name="Asthme"),))))
    kind = (header.type_code, header.format_code, header.title)
    assert kind == ("SYNTH", "urn:asip:ci-sis:vsm:2012", "Synthèse médicale")
    assert (header.patient.ins, header.unique_id, header.effective_time) == (INS, f"2.25.{NUMBER.int}", AT)
    assert header.patient.traits.birth_names == ("ESSAI-MARTIN",)
    [author] = header.authors
    assert (author.rpps, author.family_name, author.given_name) == ("10003456789", "SORGUE", "Malik")
    assert (author.finess, author.profession) == ("990000036", "10")
    assert author.structure_name == "Cabinet médical de la Halle"
