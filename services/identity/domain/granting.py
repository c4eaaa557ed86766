"""Codes, refresh tokens and the grants behind them: how long they last, and who may present them."""

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from contracts.envelope import Actor
from contracts.errors.request import ClientUnknown, GrantInvalid, ScopeRefused
from contracts.identity.apps import Client, ClientKind
from contracts.scopes import Scopes, read_scopes, write_scopes
from contracts.vocabulary import PatientId, Role

CODE_LIFE = timedelta(seconds=60)
REFRESH_LIFE = timedelta(days=30)
"""After so long without use, an app must request authorization again."""
GRANT_LIFE = timedelta(days=180)
"""Patients are asked again twice a year, however much an app is used."""

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True)
class Grant:
    """What a patient allowed one installation of an app; its id is the session of every token it gives."""

    grant_id: UUID
    client_id: str
    patient_id: PatientId
    scopes: str
    redirect_uri: str
    challenge: str
    nonce: str
    started_at: datetime
    code_until: datetime
    ended_at: datetime | None = None
    representative: PatientId | None = None
    """Who granted it in the patient's place."""
    bound_to: str = ""
    """Thumbprint of the key its tokens are bound to (DPoP)."""

    @property
    def giver(self) -> PatientId:
        """Who logged in and consented."""
        return self.representative or self.patient_id

    def lasts(self, now: datetime) -> bool:
        """Whether it may still give tokens."""
        return self.ended_at is None and now < self.started_at + GRANT_LIFE


def check_code(grant: Grant, client: Client, redirect_uri: str, verifier: str, now: datetime) -> None:
    """Check that a code is presented by its client, with its redirect_uri and code verifier, in its time.

    Raises:
        GrantInvalid.
    """
    if not (
        grant.lasts(now)
        and now < grant.code_until
        and grant.client_id == client.client_id
        and grant.redirect_uri == redirect_uri
        and is_verifier(verifier)
        and compare_digest(challenge_of(verifier), grant.challenge)
    ):
        raise GrantInvalid


def is_verifier(text: str) -> bool:
    """Whether it has the form of a code verifier (RFC 7636)."""
    return _VERIFIER.fullmatch(text) is not None


def challenge_of(verifier: str) -> str:
    """S256 of RFC 7636."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def check_bound(client: Client | None, owner: Client | None) -> Client:
    """The client a refresh token belongs to, if `client` may present it; a public client need not name itself.

    Raises:
        ClientUnknown: it is gone or suspended, or has not proven who it is. GrantInvalid: another one's.
    """
    if owner is None or owner.suspended_at is not None:
        raise ClientUnknown
    if client is None and owner.kind is not ClientKind.PUBLIC:
        raise ClientUnknown
    if client is not None and client.client_id != owner.client_id:
        raise GrantInvalid
    return owner


def may_repeat(used_at: datetime, repeated_at: datetime | None, now: datetime, grace: timedelta) -> bool:
    """Whether a used refresh token may be used once more, because the answer to its use may have been lost.

    Only where the client has proven a key: otherwise a thief who comes second would be answered (ADR 0038).
    """
    return grace > timedelta(0) and repeated_at is None and now - used_at < grace


def narrowed(grant: Grant, scope: str) -> Scopes:
    """The scopes of a new token: all that were granted, or the requested part of them.

    Raises:
        ScopeRefused: none of them.
    """
    whole = read_scopes(grant.scopes)
    if not scope:
        return whole
    part = whole.within(read_scopes(scope))
    if not (part.reads or part.openid):
        raise ScopeRefused
    return part


def app_actor(grant: Grant, client: Client, scopes: Scopes) -> Actor:
    """An app that acts on the record of the patient who allowed it."""
    return Actor(
        role=Role.APP,
        subject=client.client_id,
        name=client.name,
        patient=str(grant.patient_id),
        representative=str(grant.representative or ""),
        bound_to=grant.bound_to,
        scopes=write_scopes(scopes),
        session=str(grant.grant_id),
    )


def agent_actor(client: Client, login: str) -> Actor:
    """An agent of an organisation: opens and closes records, never reads one."""
    return Actor(role=Role.AGENT, subject=f"{client.client_id}:{login}", name=client.name)


def feeder_actor(client: Client) -> Actor:
    """A back end that deposits reimbursement history, acting for itself."""
    return Actor(role=Role.FEEDER, subject=client.client_id, name=client.name)
