"""A token is valid from its issuer, of its kind, for its audience and until it expires."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from chassis.tokens import Keyring, Signer, sign_actor
from contracts.envelope import Actor
from contracts.errors.request import TokenInvalid
from contracts.vocabulary import Role
from contracts.wiring import APIS, SERVICES

NOW = 1_800_000_000.0
KIND = "example+jwt"


class ExampleClaims(msgspec.Struct, frozen=True):
    """The body of a token."""

    word: str


def key(issuer: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": issuer})


IDENTITY, RECORDS = key("identity"), key("records")


@pytest.fixture
def keyring() -> Keyring:
    return Keyring("consent", {"identity": [IDENTITY], "records": [RECORDS]})


def token_of(
    issuer: OKPKey, name: str = "records", seconds: int = 60, to: tuple[str, ...] = ("audit", "consent")
) -> str:
    return Signer(issuer, name).sign(ExampleClaims("yes"), kind=KIND, to=to, seconds=seconds, now=NOW)


def open_token(
    keyring: Keyring, token: str, now: float = NOW, kind: str = KIND, issuer: str = "records"
) -> ExampleClaims:
    return keyring.open(token, kind=kind, issuer=issuer, body=ExampleClaims, now=now)


def test_a_token_is_read_back(keyring: Keyring) -> None:
    token = token_of(RECORDS)
    assert open_token(keyring, token) == ExampleClaims("yes")
    assert open_token(keyring, token) == ExampleClaims("yes"), "from the cache"


def test_while_a_key_is_changed_tokens_and_signatures_of_both_are_valid_and_of_no_third() -> None:
    coming, other = key("records"), key("records")
    keyring = Keyring("consent", {"records": [RECORDS, coming]})
    for signing in (RECORDS, coming):
        assert open_token(keyring, token_of(signing)) == ExampleClaims("yes")
        assert keyring.is_signed_by("records", b"data", Signer(signing, "records").sign_bytes(b"data"))
    with pytest.raises(TokenInvalid):
        open_token(keyring, token_of(other))
    assert not keyring.is_signed_by("records", b"data", Signer(other, "records").sign_bytes(b"data"))


def test_a_cached_token_expires(keyring: Keyring) -> None:
    token = token_of(RECORDS)
    open_token(keyring, token)
    with pytest.raises(TokenInvalid):
        open_token(keyring, token, now=NOW + 60)


@pytest.mark.parametrize("kind", ["other+jwt", "carnet-actor+jwt", ""])
def test_a_token_of_another_kind_is_invalid(keyring: Keyring, kind: str) -> None:
    with pytest.raises(TokenInvalid):
        open_token(keyring, token_of(RECORDS), kind=kind)


@pytest.mark.parametrize("to", [(), ("audit",), ("consent ",), ("Consent",), ("audit", "gateway")])
def test_a_token_for_another_audience_is_invalid(keyring: Keyring, to: tuple[str, ...]) -> None:
    with pytest.raises(TokenInvalid):
        open_token(keyring, token_of(RECORDS, to=to))


def test_a_token_without_an_audience_is_invalid(keyring: Keyring) -> None:
    signer = Signer(RECORDS, "records")
    claims = {"iss": "records", "iat": int(NOW), "exp": int(NOW) + 60, "body": {"word": "yes"}}
    header = {"alg": "Ed25519", "kid": "records", "typ": KIND}
    token = jws.serialize_compact(header, msgspec.json.encode(claims), RECORDS, algorithms=["Ed25519"])
    assert open_token(
        keyring, signer.sign(ExampleClaims("yes"), kind=KIND, to=["consent"], seconds=60, now=NOW)
    ) == ExampleClaims("yes")
    with pytest.raises(TokenInvalid):
        open_token(keyring, token)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SERVICE])
def test_the_audience_of_an_actor_token_is_the_gateway_and_services_with_methods_for_the_role(role: Role) -> None:
    key = {"identity": [IDENTITY], "operator.1": [IDENTITY]}
    issuer = "operator.1" if role is Role.OPERATOR else "identity"
    token = sign_actor(Signer(IDENTITY, issuer), Actor(role=role, subject="1"), seconds=60, now=NOW)
    for name in ("gateway", *SERVICES):
        has_method = any(role in method.roles for api in APIS if api.service == name for method in api.methods())
        if name == "gateway" or has_method:
            assert Keyring(name, key).actor(token, now=NOW).subject == "1"
        else:
            with pytest.raises(TokenInvalid):
                Keyring(name, key).actor(token, now=NOW)


def test_a_token_signed_with_another_services_key_is_invalid(keyring: Keyring) -> None:
    for token in (token_of(IDENTITY, "records"), token_of(key("records")), token_of(IDENTITY, "identity")):
        with pytest.raises(TokenInvalid):
            open_token(keyring, token)


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "é.é.é", "." * 50])
def test_a_malformed_token_is_invalid(keyring: Keyring, token: str) -> None:
    with pytest.raises(TokenInvalid):
        open_token(keyring, token)
    with pytest.raises(TokenInvalid):
        keyring.actor(token, now=NOW)


def test_a_token_with_another_algorithm_is_invalid(keyring: Keyring) -> None:
    _, payload, signature = token_of(RECORDS).split(".")
    for algorithm in ("none", "HS256", "EdDSA"):
        header = msgspec.json.encode({"alg": algorithm, "kid": "records", "typ": KIND})
        token = ".".join([urlsafe_b64encode(header).decode().rstrip("="), payload, signature])
        with pytest.raises(TokenInvalid):
            open_token(keyring, token)


def test_a_changed_token_is_invalid(keyring: Keyring) -> None:
    header, payload, signature = token_of(RECORDS).split(".")
    claims = urlsafe_b64decode(payload + "==").replace(b"yes", b"no!")
    token = ".".join([header, urlsafe_b64encode(claims).decode().rstrip("="), signature])
    with pytest.raises(TokenInvalid):
        open_token(keyring, token)


def test_identity_issues_tokens_for_people_and_services_only_for_themselves(keyring: Keyring) -> None:
    doctor = Actor(role=Role.PROFESSIONAL, subject="1")
    records, notify = (Actor(role=Role.SERVICE, subject=name) for name in ("records", "notify"))
    assert keyring.actor(sign_actor(Signer(IDENTITY, "identity"), doctor, seconds=60, now=NOW), now=NOW) == doctor
    assert keyring.actor(sign_actor(Signer(RECORDS, "records"), records, seconds=60, now=NOW), now=NOW) == records
    for signer, actor in ((Signer(RECORDS, "records"), doctor), (Signer(RECORDS, "records"), notify)):
        token = sign_actor(signer, actor, seconds=60, now=NOW)
        for _ in range(2):
            with pytest.raises(TokenInvalid):
                keyring.actor(token, now=NOW)


def test_an_actor_token_is_valid_for_at_most_fifteen_minutes(keyring: Keyring) -> None:
    token = sign_actor(Signer(IDENTITY, "identity"), Actor(role=Role.PATIENT, subject="p"), seconds=9999, now=NOW)
    assert keyring.actor(token, now=NOW + 899).subject == "p"
    with pytest.raises(TokenInvalid):
        keyring.actor(token, now=NOW + 901)
