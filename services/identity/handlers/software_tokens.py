"""Tokens for business software whose professionals came in by a browser: a code, then refreshes."""

from datetime import datetime
from typing import NoReturn
from uuid import UUID

from chassis.opaque import new_opaque, token_hash
from chassis.pending_events import PendingEvents
from chassis.tokens import Keyring, Signer
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors import ClientNotAllowed, GrantInvalid, Refusal, TokenInvalid
from contracts.identity import Client, GrantToken, GrantType, Introspection, Means, Session, TokenIssued
from contracts.vocabulary import PLATFORM, Act, Outcome, Role
from services.identity import domain
from services.identity.domain.workplaces import SESSION_LIFE, check_professional_code
from services.identity.repositories import Database, IdentityRepositories
from services.identity.repositories.workplaces import ProfessionalRefresh
from services.identity.tools import actor_token

_BY = "pro_sante_connect"


def grant_to_software(
    message: GrantToken, client: Client, *, now: datetime, database: Database, events: PendingEvents, signer: Signer
) -> TokenIssued:
    """The token a professional works with, and the refresh token for the next one; directory and list are asked anew.

    Raises:
        GrantInvalid: used before, expired, another's. ClientNotAllowed: this is not for software.
        ProfessionalUnknown, ProfessionRetired, SoftwareRefused.
    """
    granting = _SoftwareGranting(client, now=now, database=database, events=events, signer=signer)
    match message.grant_type:
        case GrantType.CODE:
            return granting.by_code(message)
        case GrantType.REFRESH:
            return granting.by_refresh_token(message)
        case GrantType.OWN_KEY:
            raise ClientNotAllowed


class _SoftwareGranting:
    """One request of a software at the token endpoint."""

    def __init__(
        self, client: Client, *, now: datetime, database: Database, events: PendingEvents, signer: Signer
    ) -> None:
        self._client = client
        self._now = now
        self._database = database
        self._news = events
        self._signer = signer

    def by_code(self, message: GrantToken) -> TokenIssued:
        """A code serves once: who shows it again ends the session it gave."""
        with self._database.separate_transaction() as repositories:
            opens, is_first = repositories.spend_professional_code(token_hash(message.code), self._now)
        if opens is None:
            raise GrantInvalid
        if not is_first:
            self._end(opens.session_id, opens.rpps)
        check_professional_code(opens, self._client, message.redirect_uri, message.code_verifier, self._now)
        until = self._now + SESSION_LIFE
        refresh = ProfessionalRefresh(opens.session_id, opens.client_id, opens.rpps, opens.structure, until)
        actor = self._actor(refresh)
        session = Session(
            session_id=opens.session_id,
            means=Means.PRO_SANTE_CONNECT,
            device=self._client.software,
            started_at=self._now,
            until=until,
        )
        self._database.repositories.begin_session(session, actor.role, actor.subject)
        self._news.journal(JournalEntry.by(actor, PLATFORM, Act.CONNEXION, reason=_BY))
        return self._issue(actor, refresh)

    def by_refresh_token(self, message: GrantToken) -> TokenIssued:
        """A refresh token serves once and gives the next: who shows one again ends the session."""
        repositories, token = self._database.repositories, token_hash(message.refresh_token)
        shown = repositories.professional_refresh(token)
        if shown is None or shown.client_id != self._client.client_id:
            raise GrantInvalid
        if shown.used_at is not None:
            self._end(shown.session_id, shown.rpps)
        if not repositories.is_session(shown.session_id, self._now):
            raise GrantInvalid
        actor = self._actor(shown)
        if not repositories.spend_professional_refresh(token, self._now):
            self._end(shown.session_id, shown.rpps)
        return self._issue(actor, shown)

    def _actor(self, of: ProfessionalRefresh) -> Actor:
        """As directory and software list have it now; a refusal is journalled."""
        repositories = self._database.repositories
        entry = repositories.find_professional(of.rpps)
        software = repositories.homologated(self._client.software)
        try:
            return domain.professional_actor(
                entry,
                software,
                profession=entry.profession if entry else "",
                structure=of.structure,
            )
        except Refusal as refusal:
            self._news.journal(_refused(of.rpps, refusal.code))
            raise

    def _issue(self, actor: Actor, session: ProfessionalRefresh) -> TokenIssued:
        refresh = new_opaque()
        fresh = ProfessionalRefresh(
            session.session_id, session.client_id, session.rpps, session.structure, session.until
        )
        self._database.repositories.put_professional_refresh(token_hash(refresh), fresh)
        token = actor_token(actor, session.session_id, self._signer, self._now)
        return TokenIssued(access_token=token.access_token, expires_in=token.expires_in, refresh_token=refresh)

    def _end(self, session_id: UUID, rpps: str) -> NoReturn:
        """Somebody shows what was used before: it was stolen, then or now."""
        with self._database.separate_transaction() as repositories:
            repositories.end_sessions(Role.PROFESSIONAL, rpps, self._now, only=session_id)
        self._news.journal(_refused(rpps, GrantInvalid.code))
        raise GrantInvalid


def end_session_of_software(
    token: str, client: Client, *, repositories: IdentityRepositories, keyring: Keyring, now: datetime
) -> None:
    """End the session a refresh or access token of this software is of."""
    held = repositories.professional_refresh(token_hash(token))
    if held is not None and held.client_id == client.client_id:
        repositories.end_sessions(Role.PROFESSIONAL, held.rpps, now, only=held.session_id)
    actor = _professional_in(token, client, keyring, now)
    if actor is not None:
        repositories.end_sessions(Role.PROFESSIONAL, actor.subject, now, only=UUID(actor.session))


def introspect_of_software(
    token: str, client: Client, *, repositories: IdentityRepositories, keyring: Keyring, now: datetime
) -> Introspection:
    """Whether a token of this software is good, and who works with it."""
    held = repositories.professional_refresh(token_hash(token))
    if held is not None and held.client_id == client.client_id:
        is_good = held.used_at is None and repositories.is_session(held.session_id, now)
        if is_good:
            until = int(held.until.timestamp())
            return Introspection(active=True, client_id=client.client_id, sub=held.rpps, exp=until)
        return Introspection(active=False)
    actor = _professional_in(token, client, keyring, now)
    if actor is None or not repositories.is_session(UUID(actor.session), now):
        return Introspection(active=False)
    return Introspection(
        active=True,
        client_id=client.client_id,
        sub=actor.subject,
        token_type="Bearer",  # noqa: S106
    )


def _professional_in(token: str, client: Client, keyring: Keyring, now: datetime) -> Actor | None:
    actor = actor_in(token, keyring, now)
    is_of_it = actor is not None and actor.role is Role.PROFESSIONAL and actor.software == client.software
    return actor if is_of_it else None


def actor_in(token: str, keyring: Keyring, now: datetime) -> Actor | None:
    """Who an access token speaks for, None where it is none of ours that is good."""
    try:
        return keyring.actor(token, now=now.timestamp())
    except TokenInvalid:
        return None


def _refused(rpps: str, code: str) -> JournalEntry:
    actor = Actor(role=Role.PROFESSIONAL, subject=rpps)
    return JournalEntry.by(actor, PLATFORM, Act.CONNEXION, outcome=Outcome.REFUSED, reason=code)
