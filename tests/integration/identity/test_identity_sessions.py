"""Sessions: every login is one; their holder lists and ends them, and nobody else's."""

from uuid import UUID, uuid4

from contracts.identity.logins import LoginMethod
from contracts.identity.people import Token
from contracts.vocabulary import Channel
from tests.integration.identity.harness import IdentityHarness


def test_each_login_is_a_session_its_holder_sees(harness: IdentityHarness) -> None:
    first = activated(harness)
    harness.wait(1)
    second = logged_in(harness)
    listed = harness.list_sessions(second)
    assert [session.means for session in listed.sessions] == [LoginMethod.CODE, LoginMethod.CARTE_VITALE]
    assert listed.current == second.actor.session == str(listed.sessions[0].session_id)
    assert first.actor.session == str(listed.sessions[1].session_id)
    assert listed.sessions[0].device == "Firefox, Linux"


def test_an_expired_session_is_not_listed(harness: IdentityHarness) -> None:
    token = activated(harness)
    harness.wait(token.expires_in)
    assert harness.list_sessions(token).sessions == ()


def test_one_session_or_all_others_are_ended_and_given_as_ended(harness: IdentityHarness) -> None:
    first, second, third = activated(harness), logged_in(harness), logged_in(harness)
    assert harness.end_sessions(third, UUID(first.actor.session)) == 1
    assert harness.ended_since(30) == {first.actor.session}
    assert harness.end_sessions(third) == 1
    assert harness.ended_since(30) == {first.actor.session, second.actor.session}
    assert [str(session.session_id) for session in harness.list_sessions(third).sessions] == [third.actor.session]
    assert harness.end_sessions(third, UUID(first.actor.session)) == 0, "once"


def test_nobody_ends_a_session_of_somebody_else(harness: IdentityHarness) -> None:
    patient, doctor = activated(harness), harness.login_professional(harness.assertion("gp"))
    assert harness.end_sessions(doctor, UUID(patient.actor.session)) == 0
    assert harness.end_sessions(patient, UUID(doctor.actor.session)) == 0
    assert harness.end_sessions(patient, uuid4()) == 0
    assert harness.ended_since(900) == set()


def test_a_session_whose_token_has_expired_is_no_longer_given_as_ended(harness: IdentityHarness) -> None:
    token = activated(harness)
    harness.end_sessions(token, UUID(token.actor.session))
    harness.wait(31)
    assert harness.ended_since(30) == set()
    assert harness.ended_since(60) == {token.actor.session}
    harness.wait(600)
    assert harness.ended_since(900) == set()


def activated(harness: IdentityHarness) -> Token:
    attempt = harness.activate(harness.vitale_proof(), channel=Channel.EMAIL).attempt
    return harness.confirm(attempt, harness.sent[-1].code)


def logged_in(harness: IdentityHarness) -> Token:
    attempt = harness.start_login(channel=Channel.EMAIL).attempt
    return harness.finish_login(attempt, harness.sent[-1].code, device="Firefox, Linux")
