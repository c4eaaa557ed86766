"""What a coded entry says is shown as it is meant, with its bounds and doubts, or is left to the narrative."""

import pytest

from contracts.clinical_data import Allergy, ClinicalData, HealthProblem, Treatment
from contracts.vocabulary import Coded
from services.documents.rendering.pages import page_of
from tests.unit.documents.narratives import cda
from tests.unit.documents.test_clinical_data import (
    ALLERGY,
    PROBLEM,
    RESULT,
    TREATMENT,
    VACCINATION,
    drug,
    observation,
    read,
    read_document,
)

XSI = "xmlns:x='http://www.w3.org/2001/XMLSchema-instance'"


def problem(value: str, *, negated: bool = False) -> HealthProblem | None:
    return next(iter(read(observation(value, PROBLEM, negated=negated)).problems), None)


NARRATIVE = (
    "<content ID='no'>Non</content><content ID='yes'>Oui</content><content ID='dash'>-</content>"
    "<content ID='none'>Pas de démence</content><content ID='untold'>Non renseigné</content>"
    "<content ID='dose'>Warfarine <content revised='delete'>10 mg</content>"
    "<content revised='insert'>1 mg</content></content>"
    "<content revised='delete'><content ID='gone'>Cancer</content></content>"
)


def cited(anchor: str, code: str = "code='F03' displayName='Démence'") -> str:
    return f"<value {code}><originalText><reference value='#{anchor}'/></originalText></value>"


@pytest.mark.parametrize(
    ("value", "negated", "shown"),
    [
        (cited("yes"), False, ("Démence", False, False)),
        (cited("no"), True, ("Démence", True, False)),
        (cited("none"), True, ("Pas de démence", True, True)),
        (cited("dose"), False, ("Warfarine 1 mg", False, False)),
        (cited("none", "nullFlavor='OTH'"), False, ("Pas de démence", True, True)),
        (
            "<value code='716186003' displayName='Aucune allergie connue'/>",
            False,
            ("Aucune allergie connue", True, True),
        ),
        (
            "<value code='no-known-problems' displayName='Pas de problème connu'/>",
            True,
            ("Pas de problème connu", True, True),
        ),
        ("<value code='x'><translation code='160244002' displayName='RAS'/></value>", False, ("RAS", True, True)),
        ("<value code='MED-9' displayName=\"absence de grossesse\"/>", False, ("absence de grossesse", True, True)),
        (
            "<value code='S72' displayName='Fracture'><qualifier><value displayName='gauche'/></qualifier></value>",
            False,
            ("Fracture (gauche)", False, False),
        ),
    ],
)
def test_a_problem_is_named_as_it_is_affirmed_or_denied(
    value: str, negated: bool, shown: tuple[str, bool, bool]
) -> None:
    document = cda(NARRATIVE, entries=observation(value, PROBLEM, negated=negated))
    (found,) = read_document(document).problems
    assert (found.name, found.absent, found.name_says_absent) == shown


@pytest.mark.parametrize(
    ("value", "negated", "is_uninformative"),
    [
        (cited("no"), False, False),
        (cited("yes"), True, False),
        (cited("yes", "nullFlavor='OTH'"), False, False),
        (cited("none"), False, False),
        (cited("gone"), False, False),
        ("<text><reference value='#gone'/></text><value code='C80' displayName='Cancer'/>", False, False),
        (cited("dash"), False, True),
        (cited("untold"), False, True),
        ("<value code='MED-9' displayName=\"absence de grossesse\"/>", True, False),
        ("<value code='716186003'/>", False, False),
        ("<value code='no-problem-info' displayName=\"Pas d'information\"/>", False, True),
        ("<value nullFlavor='NI'><originalText>Démence</originalText></value>", False, True),
        (
            "<value code='F03' displayName='Démence'><qualifier inverted='true'><value displayName='x'/></qualifier>"
            "</value>",
            False,
            False,
        ),
        (
            "<value code='F03' displayName='Démence'><qualifier><name code='408732007'/><value code='444148008' "
            "displayName='parent'/></qualifier></value>",
            False,
            False,
        ),
        ("<value code='F03' displayName='Démence'><qualifier><value code='x'/></qualifier></value>", False, False),
    ],
)
def test_words_codes_and_negation_that_contradict_each_other_are_left_to_the_narrative(
    value: str, negated: bool, is_uninformative: bool
) -> None:
    document = cda(NARRATIVE, entries=observation(value, PROBLEM, negated=negated))
    assert read_document(document) == ClinicalData(left_out=() if is_uninformative else ("problems",))


RELATIVE = "<subject><relatedSubject classCode='PRS'><code code='FTH'/></relatedSubject></subject>"


@pytest.mark.parametrize(
    "around",
    [
        f"<organizer>{RELATIVE}<component>{{}}</component></organizer>",
        "<organizer><participant typeCode='SBJ'/><component>{}</component></organizer>",
        "<organizer><templateId root='1.3.6.1.4.1.19376.1.5.3.1.4.15'/><component>{}</component></organizer>",
        "<organizer><templateId root='2.16.840.1.113883.10.20.22.4.45'/><component>{}</component></organizer>",
        "<section><code code='10157-6'/><entry>{}</entry></section>",
        f"<section>{RELATIVE}<entry>{{}}</entry></section>",
        "<act negationInd='true'><entryRelationship>{}</entryRelationship></act>",
        "<act><entryRelationship negationInd='true'>{}</entryRelationship></act>",
        "<act negationInd='vrai'><entryRelationship>{}</entryRelationship></act>",
        "<procedure moodCode='RQO'><entryRelationship>{}</entryRelationship></procedure>",
        "<encounter moodCode='ARQ'><entryRelationship>{}</entryRelationship></encounter>",
        "<supply moodCode='DEF'><entryRelationship>{}</entryRelationship></supply>",
        "<observation moodCode='GOL'><entryRelationship>{}</entryRelationship></observation>",
        "<act><statusCode code='nullified'/><entryRelationship>{}</entryRelationship></act>",
        "<organizer><statusCode code='aborted'/><component>{}</component></organizer>",
        "<act nullFlavor='NI'><entryRelationship>{}</entryRelationship></act>",
        "<entry nullFlavor='UNK'>{}</entry>",
        "<act><entryRelationship><observation><code code='416471007'/><entryRelationship>{}</entryRelationship>"
        "</observation></entryRelationship></act>",
    ],
)
def test_what_surrounds_an_entry_counts(around: str) -> None:
    inner = observation("<value displayName='Infarctus'/>", PROBLEM)
    assert read(around.format(inner)) == ClinicalData(left_out=("problems",))
    act = f"<act><entryRelationship>{inner}</entryRelationship></act>"
    assert len(read(f"<section><organizer><component>{act}</component></organizer></section>").problems) == 1


def remark(code: str, value: str, kind: str = "SUBJ", attributes: str = "") -> str:
    inner = (
        f"<observation {attributes}><code code='{code}'/><value code='{value}' displayName='{value}'/></observation>"
    )
    return f"<entryRelationship typeCode='{kind}'>{inner}</entryRelationship>"


@pytest.mark.parametrize(
    ("remarks", "shown"),
    [
        (remark("33999-4", "active") + remark("66455-7", "confirmed"), (False, False)),
        (remark("33999-4", "resolved"), (True, False)),
        (remark("33999-4", "73425007"), (True, False)),
        (remark("66455-7", "unconfirmed"), (False, True)),
        (remark("33999-4", "415684004"), (False, True)),
        (remark("66455-7", "refuted"), None),
        (remark("33999-4", "entered-in-error"), None),
        (remark("33999-4", "unheard-of"), None),
        (remark("33999-4", "active") + remark("33999-4", "resolved"), None),
        (remark("33999-4", "active", attributes="negationInd='true'"), None),
        (remark("66455-7", "confirmed", attributes="moodCode='INT'"), None),
        (remark("anything", "410516002"), None),
    ],
)
def test_what_is_remarked_of_status_and_certainty_counts(remarks: str, shown: tuple[bool, bool] | None) -> None:
    found = problem(f"<value displayName='Asthme'/>{remarks}")
    assert (found and (found.inactive, found.uncertain)) == shown


def test_an_allergy_has_its_reactions_and_criticality_and_they_are_no_problems() -> None:
    entity = "<playingEntity><name>Arachide</name></playingEntity>"
    agent = f"<participant><participantRole>{entity}</participantRole></participant>"
    reactions = "".join(
        f"<entryRelationship typeCode='MFST'>{observation(value, PROBLEM, negated=negated)}</entryRelationship>"
        for value, negated in (
            ("<value displayName='Urticaire'/>", False),
            ("<value displayName='Choc'/>", True),
            ("<value displayName='Aucune réaction'/>", False),
            ("<value nullFlavor='UNK'><originalText>Pas d'information</originalText></value>", False),
        )
    )
    critical = remark("82606-5", "élevée") + remark("SEV", "modérée")
    span = "<effectiveTime><low value='2019'/><high value='2021'/></effectiveTime>"
    found = read(observation(f"<value displayName='Allergie'/>{span}{agent}{reactions}{critical}", PROBLEM, ALLERGY))
    assert found.problems == ()
    assert found.allergies == (
        Allergy(
            name="Allergie",
            agent="Arachide",
            since="2019",
            until="2021",
            reactions=("Urticaire",),
            criticality="élevée",
            severity="modérée",
        ),
    )


@pytest.mark.parametrize(
    ("agents", "shown"),
    [
        ("<code displayName='Latex'/>|<name>Kiwi</name>|<code displayName='Latex'/>", "Latex, Kiwi"),
        ("<name>Oui</name>", None),
        ("<name>Aucun</name>", "unclear"),
        ("<code code='716186003' displayName='RAS'/>", "unclear"),
    ],
)
def test_an_agent_is_named_and_none_is_no_agent(agents: str, shown: str | None) -> None:
    entities = (f"<playingEntity>{agent}</playingEntity>" for agent in agents.split("|"))
    participants = "".join(
        f"<participant typeCode='CSM'><participantRole>{entity}</participantRole></participant>"
        for entity in entities
    )
    found = read(observation(f"<value displayName='Allergie'/>{participants}", PROBLEM, ALLERGY))
    if shown == "unclear":
        assert found == ClinicalData(left_out=("allergies",))
    else:
        assert [allergy.agent for allergy in found.allergies] == [shown]


def test_a_planned_treatment_is_marked_and_one_that_is_not_taken_is_left_out() -> None:
    plain = drug("", TREATMENT)
    (planned,) = read(
        plain.replace("<substanceAdministration", "<substanceAdministration moodCode='INT'", 1)
    ).treatments
    assert planned == Treatment(name="DOLIPRANE", code=Coded("D", "1.2"), planned=True)
    negated = plain.replace("<substanceAdministration", "<substanceAdministration negationInd='true'", 1)
    assert read(negated) == ClinicalData(left_out=("treatments",))
    planned_vaccine = drug("", VACCINATION).replace(
        "<substanceAdministration", "<substanceAdministration moodCode='INT'", 1
    )
    assert read(planned_vaccine) == ClinicalData(left_out=("vaccinations",))


@pytest.mark.parametrize(
    ("dosing", "dose", "rhythm"),
    [
        ("<doseQuantity><high value='2'/></doseQuantity>", "≤ 2", None),
        ("<doseQuantity><low value='1' inclusive='false'/></doseQuantity>", "> 1", None),
        ("<doseQuantity value='2' unit='1'/>", "2", None),
        ("<doseQuantity value='2'/><doseQuantity value='3'/>", None, None),
        ("<doseQuantity value='2'/><precondition><criterion/></precondition>", None, None),
        (
            "<doseQuantity value='2'/><precondition><criterion><code displayName='a'/></criterion></precondition>",
            "2",
            None,
        ),
        ("<effectiveTime><period value='8' unit='h'/></effectiveTime>", None, "8 h"),
        ("<effectiveTime nullFlavor='NA'/><effectiveTime><period value='8' unit='h'/></effectiveTime>", None, "8 h"),
        ("<effectiveTime operator='E'><period value='8' unit='h'/></effectiveTime>", None, None),
        ("<effectiveTime><period value='1' unit='d'/></effectiveTime>" * 2, None, None),
        ("<effectiveTime><phase value='1'/><period value='1' unit='d'/></effectiveTime>", None, None),
        ("<effectiveTime><event code='ACM'/></effectiveTime>", None, None),
        (
            "<doseQuantity value='2'/>"
            "<entryRelationship typeCode='COMP'><substanceAdministration/></entryRelationship>",
            None,
            None,
        ),
    ],
)
def test_a_dosage_that_is_not_plain_is_left_to_the_narrative(
    dosing: str, dose: str | None, rhythm: str | None
) -> None:
    (found,) = read(drug(dosing, TREATMENT)).treatments
    assert (found.dose, found.rhythm) == (dose, rhythm)


def test_a_condition_and_the_end_of_an_interval_are_shown_with_a_treatment() -> None:
    inner = (
        "<effectiveTime nullFlavor='NA'/><effectiveTime><low value='2024'/><high value='20240301'/></effectiveTime>"
        "<precondition><criterion><text>si douleur</text></criterion></precondition>"
    )
    (found,) = read(drug(inner, TREATMENT)).treatments
    assert (found.since, found.until, found.condition) == ("2024", "2024-03-01", "si douleur")


def test_an_overview_shows_denials_plans_doubts_and_units_in_words() -> None:
    entries = (
        observation("<value code='no-known-problems' displayName='Pas de problème connu'/>", PROBLEM, negated=True)
        + observation(f"<value displayName='Angor'/>{remark('66455-7', 'unconfirmed')}", PROBLEM)
        + observation("<value displayName='Diabète'/>", PROBLEM, negated=True)
        + drug("<doseQuantity value='1' unit='{tablet}'/>", TREATMENT).replace(
            "<substanceAdministration", "<substanceAdministration moodCode='INT'", 1
        )
        + drug("", TREATMENT).replace("<substanceAdministration", "<substanceAdministration negationInd='true'", 1)
    )
    document = cda("x", entries=entries).replace(b"<title>Compte", b'<code code="SYNTH"/><title>Compte', 1)
    page = page_of(document, "fr").body.decode()
    for line in (
        "<li>Pas de problème connu</li>",
        "<li>Angor · non confirmé</li>",
        "<li>absence de : Diabète</li>",
        "<li>DOLIPRANE · prescrit ou prévu · 1 comprimé(s)</li>",
        "lisez-le en entier",
    ):
        assert line in page, line
    assert page.count("DOLIPRANE") == 1


def test_an_overview_shows_units_and_answers_in_words() -> None:
    values = ("value='1.5' unit='{ratio}'", "x:type='BL' value='false'", "value='3' unit='{tablet}'")
    entries = "".join(
        observation(f"<code code='c' displayName='Analyse {number}'/><value {XSI} {value}/>", RESULT)
        for number, value in enumerate(values)
    )
    document = cda("x", entries=entries).replace(b"<title>Compte", b'<code code="SYNTH"/><title>Compte', 1)
    page = page_of(document, "fr").body.decode()
    for line in ("Analyse 0 : 1.5 ratio", "Analyse 1 : non", "Analyse 2 : 3 comprimé(s)"):
        assert f"<li>{line}</li>" in page, line
