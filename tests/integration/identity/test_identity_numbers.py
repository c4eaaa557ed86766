"""A person's numbers on PostgreSQL: which find them, and whose traits count."""

from dataclasses import replace

import pytest

from client.people import ins_of
from contracts.envelope import Actor
from contracts.errors.execution import InsTaken
from contracts.identity.numbers import ChangeIns, GetIns, InsNumbers
from contracts.vocabulary import OID_NIR, Ins, PatientId, Role
from services.identity.handlers import numbers
from tests.integration.identity.harness import PATIENT, IdentityHarness

AGENT = Actor(role=Role.AGENT, subject="cpam-essai:accueil.1")
DEFINITE = ins_of(PATIENT.birth_date, 99000261, OID_NIR)


def change(harness: IdentityHarness, person: PatientId, ins: Ins, **terms: object) -> InsNumbers:
    """As the second agent's request, which the chassis has countersigned."""
    request = ChangeIns(patient_id=person, ins=ins, evidence="Réponse INSi n° 4411", **terms)  # type: ignore[arg-type]
    return harness.run(numbers.change_ins, request, AGENT)


def test_the_number_of_before_finds_the_person_and_its_card_changes_nothing(harness: IdentityHarness) -> None:
    person = harness.admit(harness.vitale_proof()).patient_id
    changed = change(harness, person, DEFINITE, sex="M" if PATIENT.sex == "F" else "F")
    assert (changed.ins, changed.former) == (DEFINITE, (PATIENT.ins,))

    by_old_card = harness.admit(harness.vitale_proof())
    assert (by_old_card.patient_id, by_old_card.ins) == (person, DEFINITE)
    assert by_old_card.traits is not None
    assert by_old_card.traits.sex != PATIENT.sex, "the card of before states what was corrected"
    new_card = replace(PATIENT, ins=DEFINITE, given_names="ADELE MARIE")
    by_new_card = harness.admit(harness.vitale_proof(new_card))
    assert by_new_card.patient_id == person
    assert by_new_card.traits is not None
    assert by_new_card.traits.given_names == "ADELE MARIE"
    assert harness.run(numbers.ins_of, GetIns(patient_id=person), AGENT).former == (PATIENT.ins,)


def test_a_number_is_one_persons(harness: IdentityHarness) -> None:
    other = replace(PATIENT, ins=DEFINITE)
    taken = harness.admit(harness.vitale_proof(other)).patient_id
    person = harness.admit(harness.vitale_proof()).patient_id
    assert taken != person
    with pytest.raises(InsTaken):
        change(harness, person, DEFINITE)


def test_a_number_that_never_was_the_persons_finds_nobody(harness: IdentityHarness) -> None:
    person = harness.admit(harness.vitale_proof()).patient_id
    change(harness, person, DEFINITE)
    harness.wait(60)
    assert change(harness, person, PATIENT.ins, keeps_former=False) == InsNumbers(
        ins=PATIENT.ins, traits=harness.admit(harness.vitale_proof()).traits
    )
    with harness.repositories() as repositories:
        assert repositories.find_patient(DEFINITE) is None
