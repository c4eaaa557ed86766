"""Ended sessions as known to a process: kept until their tokens have expired."""

from datetime import UTC, datetime

import pytest
from joserfc.jwk import OKPKey

from chassis.revocations import Revocations
from chassis.tokens import Keyring, Signer, sign_actor
from contracts.envelope import Actor
from contracts.errors.request import TokenInvalid
from contracts.identity.logins import EndedSession
from contracts.vocabulary import Role

NOW = 1_800_000_000.0


def ended(session: str, seconds: float) -> EndedSession:
    return EndedSession(session=session, until=datetime.fromtimestamp(NOW + seconds, UTC))


def test_the_first_request_covers_all_tokens_and_later_ones_overlap() -> None:
    revocations = Revocations()
    assert revocations.seconds_to_ask(NOW) == 900
    revocations.learn((), now=NOW)
    assert revocations.seconds_to_ask(NOW + 2) == 33
    assert revocations.seconds_to_ask(NOW + 10_000) == 901, "no token is older"


def test_a_session_is_kept_until_its_tokens_have_expired() -> None:
    revocations = Revocations()
    revocations.learn([ended("a", 60), ended("b", 600)], now=NOW)
    revocations.learn([ended("b", 600)], now=NOW + 59)
    assert revocations.has("a") and revocations.has("b")
    revocations.learn((), now=NOW + 61)
    assert not revocations.has("a") and revocations.has("b")


def test_an_empty_session_never_ends() -> None:
    revocations = Revocations()
    revocations.learn([ended("a", 60)], now=NOW)
    assert not revocations.has("")


@pytest.mark.parametrize("opened_before", [True, False])
def test_a_token_of_an_ended_session_is_invalid_cached_or_not(opened_before: bool) -> None:
    key = OKPKey.generate_key("Ed25519", {"kid": "identity"})
    keyring = Keyring("identity", {"identity": [key]})
    actor = Actor(role=Role.PATIENT, subject="p", session="s")
    token = sign_actor(Signer(key, "identity"), actor, seconds=600, now=NOW)
    if opened_before:
        assert keyring.actor(token, now=NOW) == actor
    keyring.revocations.learn([ended("s", 600)], now=NOW)
    for _ in range(2):
        with pytest.raises(TokenInvalid):
            keyring.actor(token, now=NOW)
