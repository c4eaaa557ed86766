"""Professionals logging in by their CPS card, on PostgreSQL: who is admitted, who is not, and what is journalled."""

import pytest

from contracts.audit import JournalEntry
from contracts.errors.base import Refusal
from contracts.errors.request import (
    ProfessionalUnknown,
    ProfessionRetired,
    ProofExpired,
    ProofInvalid,
    ProofReplayed,
    SoftwareRefused,
)
from contracts.vocabulary import PLATFORM, Act, Outcome, Role, SoftwareProfile
from deploy.dev import people
from services.identity import tables
from tests.integration.identity.harness import IdentityHarness


@pytest.mark.parametrize("name", ["pharmacist", "gp", "specialist", "emergency", "nurse"])
def test_a_demo_professional_gets_a_token_that_says_who_acts(harness: IdentityHarness, name: str) -> None:
    expected = next(professional for professional in people.PROFESSIONALS if professional.name == name)
    token = harness.login_professional(harness.assertion(name))
    actor = harness.keyring.actor(token.access_token, now=harness.now.timestamp())
    assert actor == token.actor
    assert (actor.role, actor.rpps, actor.profession) == (Role.PROFESSIONAL, expected.rpps, expected.profession)
    assert (actor.structure, actor.profile) == (expected.structure, SoftwareProfile.GESTION)
    assert expected.family_name in actor.name
    assert token.expires_in == 600


def test_the_software_sets_the_profile(harness: IdentityHarness) -> None:
    token = harness.login_professional(harness.assertion("gp", software=people.FEEDING_SOFTWARE.number))
    assert token.actor.profile is SoftwareProfile.ALIMENTATION


@pytest.mark.parametrize(
    ("name", "structure", "software", "refusal"),
    [
        ("gp", people.HOSPITAL.finess, "", ProfessionalUnknown),
        ("gp", "999999999", "", ProfessionalUnknown),
        ("gp", "", "HOM-UNKNOWN", SoftwareRefused),
        ("retired", "", "", ProfessionRetired),
    ],
)
def test_a_professional_the_directory_contradicts_is_refused_and_the_proof_is_spent(
    harness: IdentityHarness, name: str, structure: str, software: str, refusal: type[Refusal]
) -> None:
    assertion = harness.assertion(name, structure, software)
    with pytest.raises(refusal):
        harness.login_professional(assertion)
    with pytest.raises(ProofReplayed):
        harness.login_professional(assertion)


def test_an_assertion_serves_once_among_all_replicas(harness: IdentityHarness) -> None:
    assertion, replica = harness.assertion("gp"), IdentityHarness(harness.engine, harness.cards)
    harness.login_professional(assertion)
    for process in (harness, replica):
        with pytest.raises(ProofReplayed):
            process.login_professional(assertion)


def card_line(
    harness: IdentityHarness, name: str, outcome: Outcome, reason: str, structure: str | None = None
) -> JournalEntry:
    """The line of a demo professional's login."""
    holder = next(professional for professional in people.PROFESSIONALS if professional.name == name)
    with harness.repositories() as repositories:
        entry = repositories.find_professional(holder.rpps)
    assert entry is not None
    return JournalEntry(
        patient_id=PLATFORM,
        act=Act.CONNEXION,
        outcome=outcome,
        reason=reason,
        actor_role=Role.PROFESSIONAL,
        actor=holder.rpps,
        actor_name=entry.name,
        profession=holder.profession,
        structure=structure,
    )


def test_a_professionals_login_is_journalled_with_name_and_place_and_about_nobodys_record(
    harness: IdentityHarness,
) -> None:
    token = harness.login_professional(harness.assertion("gp"))
    assert harness.events == [card_line(harness, "gp", Outcome.ALLOWED, "cps", token.actor.structure)]


@pytest.mark.parametrize(
    ("name", "structure", "software", "refusal"),
    [
        ("gp", "999999999", "", ProfessionalUnknown),
        ("gp", "", "HOM-UNKNOWN", SoftwareRefused),
        ("retired", "", "", ProfessionRetired),
    ],
)
def test_a_login_refused_once_the_card_is_verified_is_journalled_with_what_the_card_proves(
    harness: IdentityHarness, name: str, structure: str, software: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        harness.login_professional(harness.assertion(name, structure, software))
    assert harness.events == [card_line(harness, name, Outcome.REFUSED, refusal.code)]


def test_a_card_the_directory_does_not_know_is_journalled_by_its_number_alone(harness: IdentityHarness) -> None:
    gp = next(professional for professional in people.PROFESSIONALS if professional.name == "gp")
    with harness.repositories() as repositories:
        repositories.put_practices({gp.rpps: []})
        repositories.connection.execute(tables.professionals.delete().where(tables.professionals.c.rpps == gp.rpps))
    with pytest.raises(ProfessionalUnknown):
        harness.login_professional(harness.assertion("gp"))
    [line] = harness.events
    assert isinstance(line, JournalEntry)
    assert (line.actor, line.actor_name, line.profession) == (gp.rpps, "", gp.profession)
    assert (line.outcome, line.reason) == (Outcome.REFUSED, "professional.unknown")


def test_an_assertion_shown_again_is_journalled_as_refused(harness: IdentityHarness) -> None:
    assertion = harness.assertion("gp")
    harness.login_professional(assertion)
    with pytest.raises(ProofReplayed):
        harness.login_professional(assertion)
    assert harness.events[1:] == [card_line(harness, "gp", Outcome.REFUSED, "card.proof_replayed")]


def test_a_card_that_does_not_convince_leaves_no_line(harness: IdentityHarness) -> None:
    late = harness.assertion("gp")
    with pytest.raises(ProofInvalid):
        harness.login_professional(late[:-8] + "AAAAAAAA")
    harness.wait(600)
    with pytest.raises(ProofExpired):
        harness.login_professional(late)
    assert harness.events == []
