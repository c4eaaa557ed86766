"""Tokens for apps: a code or a refresh token against an access token, and what becomes of one that is shown twice."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

from chassis.opaque import new_opaque, token_hash
from chassis.pending_events import PendingEvents
from chassis.possession import KEPT_SECONDS, read_possession
from chassis.tokens import Signer, sign_actor
from contracts.audit import JournalEntry
from contracts.errors import ClientNotAllowed, ClientUnknown, GrantInvalid, PossessionUnproven
from contracts.identity import Client, ClientKind, GrantToken, GrantType, Means, TokenIssued
from contracts.scopes import Scopes, read_scopes, write_scopes
from contracts.vocabulary import Act, Outcome
from services.identity import domain
from services.identity.cards import TOKEN_PATH
from services.identity.domain.granting import (
    GRANT_LIFE,
    REFRESH_LIFE,
    Grant,
    app_actor,
    check_bound,
    check_code,
    feeder_actor,
    narrowed,
)
from services.identity.handlers.clients import known_client
from services.identity.handlers.software_tokens import grant_to_software
from services.identity.repositories import Database
from services.identity.tools import Tools, token_for


def grant_token(
    message: GrantToken, *, now: datetime, database: Database, tools: Tools, events: PendingEvents, signer: Signer
) -> TokenIssued:
    """What the client may use from now on.

    Raises:
        ClientUnknown, ClientNotAllowed, GrantInvalid, ScopeRefused.
    """
    client = known_client(message.proof, now=now, database=database, tools=tools)
    if client is not None and client.kind is ClientKind.SOFTWARE:
        return grant_to_software(message, client, now=now, database=database, events=events, signer=signer)
    granting = _Granting(message, client, now=now, database=database, tools=tools, events=events, signer=signer)
    match message.grant_type:
        case GrantType.CODE:
            return granting.by_code()
        case GrantType.REFRESH:
            return granting.by_refresh_token()
        case GrantType.OWN_KEY:
            return granting.by_own_key()


class _Granting:
    """One request at the token endpoint."""

    def __init__(
        self,
        message: GrantToken,
        client: Client | None,
        *,
        now: datetime,
        database: Database,
        tools: Tools,
        events: PendingEvents,
        signer: Signer,
    ) -> None:
        self._message = message
        self._client = client
        self._now = now
        self._database = database
        self._desk = tools
        self._news = events
        self._signer = signer

    def by_code(self) -> TokenIssued:
        """A code serves once: who shows it again ends what it gave."""
        client = self._named_client()
        with self._database.separate_transaction() as repositories:
            grant, is_first = repositories.spend_code(token_hash(self._message.code), self._now)
        if grant is None:
            raise GrantInvalid
        if not is_first:
            self._end(grant, client)
        check_code(grant, client, self._message.redirect_uri, self._message.code_verifier, self._now)
        thumbprint = self._proven_key()
        if thumbprint:
            self._database.repositories.bind_grant(grant.grant_id, thumbprint)
            grant = replace(grant, bound_to=thumbprint)
        return self._issue(grant, client, read_scopes(grant.scopes), with_identity=True)

    def by_refresh_token(self) -> TokenIssued:
        """A refresh token serves once and gives the next: who shows one again ends them all."""
        token = token_hash(self._message.refresh_token)
        shown = self._database.repositories.refresh_token(token)
        if shown is None:
            raise GrantInvalid
        grant = shown.grant
        owner = check_bound(self._client, self._database.repositories.client(grant.client_id))
        if shown.used_at is not None:
            self._end(grant, owner)
        if not grant.lasts(self._now) or shown.until <= self._now:
            raise GrantInvalid
        scopes = narrowed(grant, self._message.scope)
        if grant.bound_to and self._proven_key() != grant.bound_to:
            raise PossessionUnproven
        if not self._database.repositories.spend_refresh_token(token, self._now):
            self._end(grant, owner)
        return self._issue(grant, owner, scopes, with_identity=False)

    def by_own_key(self) -> TokenIssued:
        """A back end acts for itself."""
        client = self._named_client()
        if client.kind is not ClientKind.FEEDER:
            raise ClientNotAllowed
        token = token_for(
            feeder_actor(client),
            self._signer,
            self._now,
            repositories=self._database.repositories,
            means=Means.CLIENT_KEY,
        )
        return TokenIssued(access_token=token.access_token, expires_in=token.expires_in)

    def _proven_key(self) -> str:
        """The thumbprint of the key this request proves, empty where it proves none; a proof serves once."""
        if not self._message.possession:
            return ""
        url = f"{self._desk.public_url}{TOKEN_PATH}"
        now = self._now.timestamp()
        proven = read_possession(self._message.possession, method="POST", url=url, now=now)
        with self._database.autocommit() as repositories:
            if not repositories.spend(proven.replay_key, self._now + timedelta(seconds=KEPT_SECONDS)):
                raise PossessionUnproven
        return proven.thumbprint

    def _named_client(self) -> Client:
        if self._client is None:
            raise ClientUnknown
        return self._client

    def _issue(self, grant: Grant, client: Client, scopes: Scopes, *, with_identity: bool) -> TokenIssued:
        actor = app_actor(grant, client, scopes)
        # A refresh token is always of the whole grant: a narrower token now does not narrow the next one.
        refresh = new_opaque() if read_scopes(grant.scopes).offline else ""
        if refresh:
            until = min(self._now + REFRESH_LIFE, grant.started_at + GRANT_LIFE)
            self._database.repositories.put_refresh_token(token_hash(refresh), grant.grant_id, until)
        return TokenIssued(
            access_token=sign_actor(self._signer, actor, seconds=domain.TOKEN_SECONDS, now=self._now.timestamp()),
            expires_in=domain.TOKEN_SECONDS,
            scope=write_scopes(scopes),
            patient=str(grant.patient_id),
            refresh_token=refresh,
            bound=bool(grant.bound_to),
            id_token=self._desk.openid.sign(self._id_claims(grant, scopes), self._now)
            if with_identity and scopes.openid
            else "",
        )

    def _id_claims(self, grant: Grant, scopes: Scopes) -> dict[str, Any]:
        issued = int(self._now.timestamp())
        claims: dict[str, Any] = {
            "iss": self._desk.public_url,
            "sub": str(grant.giver),
            "aud": grant.client_id,
            "iat": issued,
            "exp": issued + domain.TOKEN_SECONDS,
            "auth_time": int(grant.started_at.timestamp()),
        }
        if grant.nonce:
            claims["nonce"] = grant.nonce
        if scopes.fhir_user and grant.representative is None:
            claims["fhirUser"] = f"{self._desk.public_url}/fhir/Patient/{grant.patient_id}"
        return claims

    def _end(self, grant: Grant, client: Client) -> NoReturn:
        """Somebody shows what was used before: it was stolen, then or now."""
        with self._database.separate_transaction() as repositories:
            repositories.end_grant(grant.grant_id, self._now)
        actor = app_actor(grant, client, Scopes())
        self._news.journal(
            JournalEntry.by(actor, grant.patient_id, Act.CONNEXION, outcome=Outcome.REFUSED, reason=GrantInvalid.code)
        )
        raise GrantInvalid
