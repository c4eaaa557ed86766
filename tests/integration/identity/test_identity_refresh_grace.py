"""A refresh whose answer was lost is repeated once, soon, by its client's key; every other reuse ends the grant."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from uuid import uuid4

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import Engine

from chassis.opaque import new_opaque, token_hash
from contracts.envelope import Actor
from contracts.errors.base import Refusal
from contracts.errors.request import ClientUnknown, GrantInvalid, PossessionUnproven
from contracts.identity.apps import ClientKind, RegisterClient
from contracts.identity.logins import LoginMethod, Session
from contracts.identity.oauth import ClientProof, GrantToken, GrantType
from contracts.vocabulary import Finess, PatientId, Role, Rpps
from deploy.dev import people
from services.identity.client_assertions import ASSERTION_TYPE
from services.identity.domain.granting import Grant
from services.identity.handlers import granting
from services.identity.repositories.workplaces import ProfessionalRefresh
from tests.integration.identity.harness import PUBLIC_URL, REFRESH_GRACE, IdentityHarness
from tests.support.dpop import Prover

DOCTOR = people.PROFESSIONALS[0]
SOON, LATE = REFRESH_GRACE.total_seconds() - 1, REFRESH_GRACE.total_seconds()
_TABLES = ("refresh_tokens", "professional_refresh_tokens")


class RefreshingClient:
    """A client with a grant or a session; `key` signs its assertions, `prover` its proofs of possession."""

    def __init__(
        self, harness: IdentityHarness, kind: ClientKind, *, key: ECKey | None = None, prover: Prover | None = None
    ) -> None:
        self.harness = harness
        self.client_id = f"client-{token_hex(4)}"
        self.key = key
        self.prover = prover
        is_software = kind is ClientKind.SOFTWARE
        registration = RegisterClient(
            client_id=self.client_id,
            name="Essai",
            publisher="Essai",
            purpose="Essayer",
            kind=kind,
            redirect_uris=("https://app.example/retour",),
            scopes="" if is_software else "offline_access patient/Patient.rs",
            keys=json.dumps({"keys": [key.as_dict(private=False)]}) if key else "",
            software=people.FULL_SOFTWARE.number if is_software else "",
        )
        self.first = new_opaque()
        with harness.repositories() as repositories:
            repositories.put_client(registration, harness.now)
        (self._begin_session if is_software else self._grant)()

    def refresh(self, token: str, *, prover: Prover | None = None, with_key: bool = True) -> str:
        """The next refresh token."""
        request = GrantToken(
            proof=self._proof(with_key=with_key),
            grant_type=GrantType.REFRESH,
            refresh_token=token,
            possession=self._possession(prover or self.prover),
        )
        return self.harness.run(granting.grant_token, request).refresh_token

    def is_ended(self, token: str) -> bool:
        """Whether a refresh token that was never used gives nothing."""
        try:
            self.refresh(token)
        except GrantInvalid:
            return True
        return False

    def _proof(self, *, with_key: bool) -> ClientProof:
        if self.key is None or not with_key:
            return ClientProof(client_id=self.client_id)
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{PUBLIC_URL}/oauth/token",
            "exp": int(self.harness.now.timestamp()) + 60,
            "jti": token_hex(8),
        }
        signed = jwt.encode({"alg": "ES256"}, claims, self.key, algorithms=["ES256"])
        return ClientProof(client_assertion_type=ASSERTION_TYPE, client_assertion=signed)

    def _possession(self, prover: Prover | None) -> str:
        if prover is None:
            return ""
        return prover.proof("POST", f"{PUBLIC_URL}/oauth/token", iat=int(self.harness.now.timestamp()))

    def _grant(self) -> None:
        grant = Grant(
            grant_id=uuid4(),
            client_id=self.client_id,
            patient_id=PatientId(uuid4()),
            scopes="offline_access patient/Patient.rs",
            redirect_uri="https://app.example/retour",
            challenge="",
            nonce="",
            started_at=self.harness.now,
            code_until=self.harness.now,
        )
        with self.harness.repositories() as repositories:
            repositories.put_grant(grant, token_hash(new_opaque()))
            if self.prover is not None:
                repositories.bind_grant(grant.grant_id, self.prover.thumbprint)
            until = self.harness.now + timedelta(days=1)
            repositories.put_refresh_token(token_hash(self.first), grant.grant_id, until)

    def _begin_session(self) -> None:
        until = self.harness.now + timedelta(hours=4)
        session = Session(
            session_id=uuid4(),
            means=LoginMethod.PRO_SANTE_CONNECT,
            device=people.FULL_SOFTWARE.number,
            started_at=self.harness.now,
            until=until,
        )
        refresh = ProfessionalRefresh(
            session.session_id, self.client_id, Rpps(DOCTOR.rpps), Finess(DOCTOR.structure), until
        )
        with self.harness.repositories() as repositories:
            repositories.begin_session(session, Actor(role=Role.PROFESSIONAL, subject=DOCTOR.rpps))
            repositories.put_professional_refresh(token_hash(self.first), refresh)


def new_key() -> ECKey:
    return ECKey.generate_key("P-256")


MakeClient = Callable[[IdentityHarness], RefreshingClient]
WITH_KEY: dict[str, MakeClient] = {
    "app with a key": lambda harness: RefreshingClient(harness, ClientKind.CONFIDENTIAL, key=new_key()),
    "public app, bound": lambda harness: RefreshingClient(harness, ClientKind.PUBLIC, prover=Prover()),
    "app with a key, bound": lambda harness: RefreshingClient(
        harness, ClientKind.CONFIDENTIAL, key=new_key(), prover=Prover()
    ),
    "software with a key": lambda harness: RefreshingClient(harness, ClientKind.SOFTWARE, key=new_key()),
}
WITHOUT_KEY: dict[str, MakeClient] = {
    "public app": lambda harness: RefreshingClient(harness, ClientKind.PUBLIC),
    "software": lambda harness: RefreshingClient(harness, ClientKind.SOFTWARE),
}


@pytest.fixture(params=list(WITH_KEY.values()), ids=list(WITH_KEY))
def client(harness: IdentityHarness, request: pytest.FixtureRequest) -> RefreshingClient:
    make: MakeClient = request.param
    return make(harness)


def live_tokens(harness: IdentityHarness) -> int:
    """How many refresh tokens have not been used."""
    with harness.engine.connect() as connection:
        counts = [sa.text(f"SELECT count(*) FROM {table} WHERE used_at IS NULL") for table in _TABLES]
        return sum(int(connection.execute(count).scalar_one()) for count in counts)


def test_a_lost_answer_is_replaced_by_another(client: RefreshingClient) -> None:
    client.refresh(client.first)
    client.harness.wait(SOON)
    again = client.refresh(client.first)
    assert live_tokens(client.harness) == 1
    assert client.refresh(again)


def test_who_uses_the_answer_that_was_replaced_ends_the_grant(client: RefreshingClient) -> None:
    lost = client.refresh(client.first)
    again = client.refresh(client.first)
    with pytest.raises(GrantInvalid):
        client.refresh(lost)
    assert client.is_ended(again)


def test_a_use_is_repeated_once(client: RefreshingClient) -> None:
    client.refresh(client.first)
    again = client.refresh(client.first)
    with pytest.raises(GrantInvalid):
        client.refresh(client.first)
    assert client.is_ended(again)


def test_a_use_is_not_repeated_after_its_answer_was_used(client: RefreshingClient) -> None:
    third = client.refresh(client.refresh(client.first))
    with pytest.raises(GrantInvalid):
        client.refresh(client.first)
    assert client.is_ended(third)


def test_a_use_is_not_repeated_late(client: RefreshingClient) -> None:
    second = client.refresh(client.first)
    client.harness.wait(LATE)
    with pytest.raises(GrantInvalid):
        client.refresh(client.first)
    assert client.is_ended(second)


def test_each_answer_of_a_chain_may_be_lost(client: RefreshingClient) -> None:
    token = client.first
    for _ in range(3):
        client.refresh(token)
        token = client.refresh(token)
    assert client.refresh(token)


def test_without_grace_no_use_is_repeated(engine: Engine, cards: Path) -> None:
    client = WITH_KEY["app with a key"](IdentityHarness(engine, cards, refresh_grace=timedelta(0)))
    second = client.refresh(client.first)
    with pytest.raises(GrantInvalid):
        client.refresh(client.first)
    assert client.is_ended(second)


@pytest.mark.parametrize("make", list(WITHOUT_KEY.values()), ids=list(WITHOUT_KEY))
def test_a_client_without_a_key_repeats_nothing(harness: IdentityHarness, make: MakeClient) -> None:
    client = make(harness)
    second = client.refresh(client.first)
    with pytest.raises(GrantInvalid):
        client.refresh(client.first)
    assert client.is_ended(second)


@pytest.mark.parametrize("name", ["public app, bound", "app with a key, bound"])
def test_a_thief_without_the_key_of_a_bound_token_gets_no_answer(harness: IdentityHarness, name: str) -> None:
    client = WITH_KEY[name](harness)
    second = client.refresh(client.first)
    with pytest.raises(PossessionUnproven):
        client.refresh(client.first, prover=Prover())
    assert client.refresh(second)


@pytest.mark.parametrize("name", ["app with a key", "software with a key"])
def test_a_thief_without_the_clients_key_gets_no_answer(harness: IdentityHarness, name: str) -> None:
    client = WITH_KEY[name](harness)
    second = client.refresh(client.first)
    with pytest.raises(ClientUnknown):
        client.refresh(client.first, with_key=False)
    assert client.refresh(second)


def test_another_client_with_a_key_gets_no_answer(harness: IdentityHarness) -> None:
    client, other = (WITH_KEY["app with a key"](harness) for _ in range(2))
    second = client.refresh(client.first)
    with pytest.raises(GrantInvalid):
        other.refresh(client.first)
    assert client.refresh(second)


@pytest.mark.parametrize("count", [2, 6])
def test_uses_at_once_leave_at_most_one_live_token(client: RefreshingClient, count: int) -> None:
    def refresh(token: str) -> str:
        try:
            return client.refresh(token)
        except Refusal:
            return ""

    with ThreadPoolExecutor(count) as pool:
        given = [token for token in pool.map(refresh, [client.first] * count) if token]
    assert live_tokens(client.harness) == 1
    assert len(given) == 2
    assert sum(not client.is_ended(token) for token in given) <= 1
