"""The dead on PostgreSQL: nobody logs in as them, shows their card or writes to them, until the report is undone."""

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, insert, select

from contracts.envelope import Actor
from contracts.errors.execution import DeathReported
from contracts.errors.request import (
    AccountLocked,
    DeathNotReported,
    InvalidRequest,
    LoginFailed,
    PatientDeceased,
    RecordNotFound,
)
from contracts.identity.deaths import ReportDeath, UndoDeath
from contracts.identity.events import DeathReportUndone, PersonDied
from contracts.identity.logins import LoginMethod
from contracts.identity.people import Contact, GetContact, Token
from contracts.vocabulary import Channel, PatientId, Role
from services.identity.access_tokens import new_session
from services.identity.domain.activating import ActivationFactor
from services.identity.handlers import deaths, patients, suspensions
from services.identity.tables import code_attempts
from tests.integration.identity.harness import PATIENT, IdentityHarness

AGENT = Actor(role=Role.AGENT, subject="cpam-essai:accueil.1")
CERTIFICATE = "Acte 1234/2026, mairie de Nantes"


def die(harness: IdentityHarness, person: PatientId, died_on: date | None = None) -> None:
    """As the second agent's request, which the chassis has countersigned."""
    request = ReportDeath(
        patient_id=person, died_on=died_on or harness.now.date() - timedelta(days=3), certificate=CERTIFICATE
    )
    harness.run(deaths.report_death, request, AGENT)


def live(harness: IdentityHarness, person: PatientId) -> None:
    harness.run(deaths.undo_death, UndoDeath(patient_id=person, evidence="Carte d'identité"), AGENT)


def holder_of(token: Token) -> PatientId:
    return PatientId(UUID(token.actor.subject))


def contact(harness: IdentityHarness, person: PatientId) -> Contact:
    return harness.run(patients.contact_of, GetContact(patient_id=person))


def log_in(harness: IdentityHarness) -> Token:
    return harness.finish_login(harness.start_login(channel=Channel.SMS).attempt, harness.sent[-1].code)


def test_the_dead_neither_log_in_nor_show_a_card_nor_are_reached_until_it_is_undone(harness: IdentityHarness) -> None:
    token = harness.open_account()
    person = holder_of(token)
    reached = contact(harness, person)
    die(harness, person)
    assert token.actor.session in harness.ended_since(60)
    assert contact(harness, person) == Contact()
    with pytest.raises(AccountLocked):
        log_in(harness)
    with pytest.raises(PatientDeceased):
        harness.admit(harness.vitale_proof())
    with pytest.raises(DeathReported):
        die(harness, person)

    live(harness, person)
    assert contact(harness, person) == reached
    assert holder_of(log_in(harness)) == harness.admit(harness.vitale_proof()).patient_id == person
    with pytest.raises(DeathNotReported):
        live(harness, person)
    events = [event for event in harness.events if isinstance(event, PersonDied | DeathReportUndone)]
    assert events == [PersonDied(patient_id=person), DeathReportUndone(patient_id=person)]


def test_a_login_that_was_under_way_when_its_holder_died_ends_at_the_next_look(harness: IdentityHarness) -> None:
    token = harness.open_account()
    die(harness, holder_of(token))
    session = new_session(LoginMethod.CODE, "", harness.now)
    with harness.repositories() as repositories:
        repositories.begin_session(session, token.actor)
    harness.tick(suspensions.end_unsupported_sessions)
    assert str(session.session_id) in harness.ended_since(60)


def test_a_death_is_of_a_person_known_here_and_within_their_life(harness: IdentityHarness) -> None:
    with pytest.raises(RecordNotFound):
        die(harness, PatientId(uuid4()))
    person = harness.admit(harness.vitale_proof()).patient_id
    for day in (PATIENT.birth_date - timedelta(days=1), harness.now.date() + timedelta(days=1)):
        with pytest.raises(InvalidRequest):
            die(harness, person, day)


def test_no_letter_is_written_to_the_dead(engine: Engine, cards: Path) -> None:
    harness = IdentityHarness(engine, cards, factor=ActivationFactor.LETTER)
    person = holder_of(harness.open_account())
    die(harness, person)
    with harness.repositories() as repositories:
        assert repositories.letters_to_write(harness.now) == []
    live(harness, person)
    with harness.repositories() as repositories:
        assert [letter.patient_id for letter in repositories.letters_to_write(harness.now)] == [person]


def test_an_account_requested_while_the_death_was_reported_does_not_open(
    harness: IdentityHarness, engine: Engine
) -> None:
    person = harness.admit(harness.vitale_proof()).patient_id
    attempt = harness.activate(harness.vitale_proof(), "Adele").attempt
    with engine.connect() as connection:
        [stored] = connection.execute(select(code_attempts).where(code_attempts.c.holder == person)).mappings()
    die(harness, person)
    with engine.begin() as connection:
        connection.execute(insert(code_attempts).values(**stored))
    with pytest.raises(LoginFailed):
        harness.confirm(attempt, harness.sent[-1].code)
    with harness.repositories() as repositories:
        assert repositories.account_of(person) is None
