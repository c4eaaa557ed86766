"""A signed word is believed from its issuer only, of its kind only, in its time only."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from chassis.tokens import Keyring, Signer, sign_actor
from contracts.envelope import Actor
from contracts.errors import TokenInvalid
from contracts.vocabulary import Role
from contracts.wiring import APIS, SERVICES

NOW = 1_800_000_000.0
KIND = "example+jwt"


class ExampleClaims(msgspec.Struct, frozen=True):
    """Something said."""

    word: str


def key(issuer: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": issuer})


IDENTITY, RECORDS = key("identity"), key("records")


@pytest.fixture
def keyring() -> Keyring:
    return Keyring("consent", {"identity": IDENTITY, "records": RECORDS})


def said_by(
    issuer: OKPKey, name: str = "records", seconds: int = 60, to: tuple[str, ...] = ("audit", "consent")
) -> str:
    return Signer(issuer, name).sign(ExampleClaims("yes"), kind=KIND, to=to, seconds=seconds, now=NOW)


def open_word(
    keyring: Keyring, token: str, now: float = NOW, kind: str = KIND, issuer: str = "records"
) -> ExampleClaims:
    return keyring.open(token, kind=kind, issuer=issuer, body=ExampleClaims, now=now)


def test_a_word_is_read_back(keyring: Keyring) -> None:
    token = said_by(RECORDS)
    assert open_word(keyring, token) == ExampleClaims("yes")
    assert open_word(keyring, token) == ExampleClaims("yes"), "from memory"


def test_it_expires_even_when_it_is_remembered(keyring: Keyring) -> None:
    token = said_by(RECORDS)
    open_word(keyring, token)
    with pytest.raises(TokenInvalid):
        open_word(keyring, token, now=NOW + 60)


@pytest.mark.parametrize("kind", ["other+jwt", "carnet-actor+jwt", ""])
def test_it_is_of_its_kind_only(keyring: Keyring, kind: str) -> None:
    with pytest.raises(TokenInvalid):
        open_word(keyring, said_by(RECORDS), kind=kind)


@pytest.mark.parametrize("to", [(), ("audit",), ("consent ",), ("Consent",), ("audit", "gateway")])
def test_it_is_for_those_it_names_only(keyring: Keyring, to: tuple[str, ...]) -> None:
    with pytest.raises(TokenInvalid):
        open_word(keyring, said_by(RECORDS, to=to))


def test_a_word_that_names_nobody_is_none(keyring: Keyring) -> None:
    signer = Signer(RECORDS, "records")
    claims = {"iss": "records", "iat": int(NOW), "exp": int(NOW) + 60, "body": {"word": "yes"}}
    header = {"alg": "Ed25519", "kid": "records", "typ": KIND}
    token = jws.serialize_compact(header, msgspec.json.encode(claims), RECORDS, algorithms=["Ed25519"])
    assert open_word(
        keyring, signer.sign(ExampleClaims("yes"), kind=KIND, to=["consent"], seconds=60, now=NOW)
    ) == ExampleClaims("yes")
    with pytest.raises(TokenInvalid):
        open_word(keyring, token)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SERVICE])
def test_the_street_door_and_those_who_have_an_answer_are_told_who_acts(role: Role) -> None:
    key = {"identity": IDENTITY, "operator": IDENTITY}
    issuer = "operator" if role is Role.OPERATOR else "identity"
    token = sign_actor(Signer(IDENTITY, issuer), Actor(role=role, subject="1"), seconds=60, now=NOW)
    for name in ("gateway", *SERVICES):
        has_an_answer = any(role in one.roles for api in APIS if api.service == name for one in api.methods())
        if name == "gateway" or has_an_answer:
            assert Keyring(name, key).actor(token, now=NOW).subject == "1"
        else:
            with pytest.raises(TokenInvalid):
                Keyring(name, key).actor(token, now=NOW)


def test_another_services_key_does_not_speak_for_this_one(keyring: Keyring) -> None:
    for token in (said_by(IDENTITY, "records"), said_by(key("records")), said_by(IDENTITY, "identity")):
        with pytest.raises(TokenInvalid):
            open_word(keyring, token)


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "é.é.é", "." * 50])
def test_what_is_no_token_is_refused(keyring: Keyring, token: str) -> None:
    with pytest.raises(TokenInvalid):
        open_word(keyring, token)
    with pytest.raises(TokenInvalid):
        keyring.actor(token, now=NOW)


def test_no_algorithm_but_ours_is_believed(keyring: Keyring) -> None:
    _, payload, signature = said_by(RECORDS).split(".")
    for algorithm in ("none", "HS256", "EdDSA"):
        header = msgspec.json.encode({"alg": algorithm, "kid": "records", "typ": KIND})
        token = ".".join([urlsafe_b64encode(header).decode().rstrip("="), payload, signature])
        with pytest.raises(TokenInvalid):
            open_word(keyring, token)


def test_one_changed_character_breaks_it(keyring: Keyring) -> None:
    header, payload, signature = said_by(RECORDS).split(".")
    claims = urlsafe_b64decode(payload + "==").replace(b"yes", b"no!")
    token = ".".join([header, urlsafe_b64encode(claims).decode().rstrip("="), signature])
    with pytest.raises(TokenInvalid):
        open_word(keyring, token)


def test_identity_speaks_for_people_and_nobody_for_another_service(keyring: Keyring) -> None:
    doctor = Actor(role=Role.PROFESSIONAL, subject="1")
    records, notify = (Actor(role=Role.SERVICE, subject=name) for name in ("records", "notify"))
    assert keyring.actor(sign_actor(Signer(IDENTITY, "identity"), doctor, seconds=60, now=NOW), now=NOW) == doctor
    assert keyring.actor(sign_actor(Signer(RECORDS, "records"), records, seconds=60, now=NOW), now=NOW) == records
    for signer, actor in ((Signer(RECORDS, "records"), doctor), (Signer(RECORDS, "records"), notify)):
        token = sign_actor(signer, actor, seconds=60, now=NOW)
        for _ in range(2):
            with pytest.raises(TokenInvalid):
                keyring.actor(token, now=NOW)


def test_an_actor_token_lives_fifteen_minutes_at_most(keyring: Keyring) -> None:
    token = sign_actor(Signer(IDENTITY, "identity"), Actor(role=Role.PATIENT, subject="p"), seconds=9999, now=NOW)
    assert keyring.actor(token, now=NOW + 899).subject == "p"
    with pytest.raises(TokenInvalid):
        keyring.actor(token, now=NOW + 901)
