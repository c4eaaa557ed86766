"""Two identities of one person on PostgreSQL: one account is theirs, until they are separated."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors.base import Refusal
from contracts.errors.execution import IdentitiesJoined
from contracts.errors.request import AccountLocked, PatientDeceased
from contracts.identity.deaths import ReportDeath
from contracts.identity.events import PersonsJoined, PersonsSeparated
from contracts.identity.joins import GetJoin, IdentitiesSeparated, JoinIdentities, SeparateIdentities
from contracts.identity.logins import LoginMethod
from contracts.identity.people import GetContact, Token
from contracts.vocabulary import Act, Channel, PatientId, Role
from services.identity.access_tokens import new_session
from services.identity.handlers import deaths, joins, patients, suspensions
from tests.integration.identity.harness import IdentityHarness
from tests.support.people import new_patient

AGENT = Actor(role=Role.AGENT, subject="cpam-essai:accueil.1")
SEEN = "Réponse INSi du 2026-11-02, n° 4411"


def admit(harness: IdentityHarness) -> PatientId:
    """Another woman, known by her card."""
    return harness.admit(harness.vitale_proof(new_patient())).patient_id


def join(harness: IdentityHarness, kept: PatientId, closed: PatientId) -> None:
    """As the second agent's request, which the chassis has countersigned."""
    harness.run(joins.join_identities, JoinIdentities(patient_id=kept, other=closed, evidence=SEEN), AGENT)


def separate(harness: IdentityHarness, kept: PatientId, closed: PatientId) -> IdentitiesSeparated:
    request = SeparateIdentities(patient_id=kept, other=closed, evidence=SEEN)
    return harness.run(joins.separate_identities, request, AGENT)


def log_in(harness: IdentityHarness) -> Token:
    return harness.finish_login(harness.start_login(channel=Channel.SMS).attempt, harness.sent[-1].code)


def test_the_account_of_the_closed_identity_opens_no_more_until_they_are_separated(harness: IdentityHarness) -> None:
    token = harness.open_account()
    closed, kept = PatientId(UUID(token.actor.subject)), admit(harness)
    join(harness, kept, closed)
    assert token.actor.session in harness.ended_since(60)
    with pytest.raises(AccountLocked):
        log_in(harness)
    assert harness.admit(harness.vitale_proof()).patient_id == closed, "its card is shown as before"
    reached = harness.run(patients.contact_of, GetContact(patient_id=kept))
    assert reached == harness.run(patients.contact_of, GetContact(patient_id=closed)), "the only address there is"
    assert reached.mobile

    session = new_session(LoginMethod.CODE, "", harness.now)
    with harness.repositories() as repositories:
        repositories.begin_session(session, token.actor)
    harness.tick(suspensions.end_unsupported_sessions)
    assert str(session.session_id) in harness.ended_since(60), "a login that was under way"

    assert separate(harness, kept, closed).not_restored == ("sessions", "codes", "closures")
    assert log_in(harness).actor.subject == str(closed)
    assert not harness.run(patients.contact_of, GetContact(patient_id=kept)).mobile
    events = [event for event in harness.events if isinstance(event, PersonsJoined | PersonsSeparated)]
    assert events == [
        event(patient_id=patient_id, other=other)
        for event in (PersonsJoined, PersonsSeparated)
        for patient_id, other in ((kept, closed), (closed, kept))
    ]


def test_no_account_is_opened_by_the_card_of_a_closed_identity(harness: IdentityHarness) -> None:
    closed, kept = harness.admit(harness.vitale_proof()).patient_id, admit(harness)
    attempt = harness.activate(harness.vitale_proof(), "Adele").attempt
    join(harness, kept, closed)
    with pytest.raises(Refusal):
        harness.confirm(attempt, harness.sent[-1].code)
    with pytest.raises(AccountLocked):
        harness.activate(harness.vitale_proof(), "Adele")
    with harness.repositories() as repositories:
        assert repositories.account_of(closed) is None


def test_of_joins_and_deaths_at_once_no_identity_is_in_two(harness: IdentityHarness) -> None:
    first, second, third = (admit(harness) for _ in range(3))

    def attempt(pair: tuple[PatientId, PatientId]) -> bool:
        try:
            join(harness, *pair)
        except IdentitiesJoined:
            return False
        return True

    pairs = [(first, second), (second, third), (third, first), (second, first)]
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, pairs)) == 1
    others = [
        harness.run(joins.join_of, GetJoin(patient_id=patient_id)).other for patient_id in (first, second, third)
    ]
    assert others.count(None) == 1


def test_a_death_is_reported_of_both_identities_and_they_stay_joined(harness: IdentityHarness) -> None:
    kept, closed = admit(harness), admit(harness)
    join(harness, kept, closed)
    request = ReportDeath(patient_id=closed, died_on=harness.now.date() - timedelta(days=1), certificate="Acte 1")
    harness.run(deaths.report_death, request, AGENT)
    with harness.repositories() as repositories:
        assert all(repositories.is_deceased(patient_id) for patient_id in (kept, closed))
    with pytest.raises(PatientDeceased):
        separate(harness, kept, closed)


def test_the_journals_of_both_have_the_join_and_its_undoing(harness: IdentityHarness) -> None:
    kept, closed = admit(harness), admit(harness)
    join(harness, kept, closed)
    separate(harness, kept, closed)
    lines = [
        (entry.patient_id, entry.act)
        for entry in harness.events
        if isinstance(entry, JournalEntry) and entry.actor_role is Role.AGENT
    ]
    assert lines == [
        (patient_id, act)
        for act in (Act.REUNION_IDENTITES, Act.SEPARATION_IDENTITES)
        for patient_id in (kept, closed)
    ]
