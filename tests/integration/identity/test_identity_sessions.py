"""Sessions: every login is one; their holder lists and ends them, and nobody else's."""

from uuid import UUID, uuid4

from contracts.identity import Means, Token
from contracts.vocabulary import Channel
from tests.integration.identity.flat import Flat


def test_each_login_is_a_session_its_holder_sees(flat: Flat) -> None:
    first = activated(flat)
    flat.wait(1)
    second = logged_in(flat)
    listed = flat.list_sessions(second)
    assert [one.means for one in listed.sessions] == [Means.CODE, Means.CARTE_VITALE]
    assert listed.current == second.actor.session == str(listed.sessions[0].session_id)
    assert first.actor.session == str(listed.sessions[1].session_id)
    assert listed.sessions[0].device == "Firefox, Linux"


def test_a_session_ends_by_itself_and_is_listed_no_more(flat: Flat) -> None:
    token = activated(flat)
    flat.wait(token.expires_in)
    assert flat.list_sessions(token).sessions == ()


def test_one_session_or_all_others_are_ended_and_told(flat: Flat) -> None:
    first, second, third = activated(flat), logged_in(flat), logged_in(flat)
    assert flat.end_sessions(third, UUID(first.actor.session)) == 1
    assert flat.ended_since(30) == {first.actor.session}
    assert flat.end_sessions(third) == 1
    assert flat.ended_since(30) == {first.actor.session, second.actor.session}
    assert [str(one.session_id) for one in flat.list_sessions(third).sessions] == [third.actor.session]
    assert flat.end_sessions(third, UUID(first.actor.session)) == 0, "once"


def test_nobody_ends_a_session_of_somebody_else(flat: Flat) -> None:
    patient, doctor = activated(flat), flat.login_professional(flat.assertion("gp"))
    assert flat.end_sessions(doctor, UUID(patient.actor.session)) == 0
    assert flat.end_sessions(patient, UUID(doctor.actor.session)) == 0
    assert flat.end_sessions(patient, uuid4()) == 0
    assert flat.ended_since(900) == set()


def test_what_can_no_longer_be_shown_is_not_told(flat: Flat) -> None:
    token = activated(flat)
    flat.end_sessions(token, UUID(token.actor.session))
    flat.wait(31)
    assert flat.ended_since(30) == set()
    assert flat.ended_since(60) == {token.actor.session}
    flat.wait(600)
    assert flat.ended_since(900) == set()


def activated(flat: Flat) -> Token:
    attempt = flat.activate(flat.vitale_proof(), channel=Channel.EMAIL).attempt
    return flat.confirm(attempt, flat.sent[-1].code)


def logged_in(flat: Flat) -> Token:
    attempt = flat.start_login(channel=Channel.EMAIL).attempt
    return flat.finish_login(attempt, flat.sent[-1].code, device="Firefox, Linux")
