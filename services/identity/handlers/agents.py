"""Agents of CPAM and establishments: their organisation says who they are, and answers for them."""

from datetime import datetime

from chassis.pending_events import PendingEvents
from chassis.tokens import Signer
from contracts.audit import JournalEntry
from contracts.errors import ClientUnknown
from contracts.identity import AgentAssertion, ClientKind, Means, Token
from contracts.vocabulary import PLATFORM, Act
from services.identity import client_assertions
from services.identity.domain.granting import agent_actor
from services.identity.handlers.clients import audiences_of
from services.identity.repositories import Database
from services.identity.tools import Tools, token_for

_BY_ORGANISATION = "organisation"


def login_agent(
    message: AgentAssertion, *, now: datetime, database: Database, tools: Tools, events: PendingEvents, signer: Signer
) -> Token:
    """A token for the agent an organisation has signed for; what it signed is spent.

    Raises:
        ClientUnknown: no such organisation, suspended, or it has not signed this.
    """
    client = database.repositories.client(message.client_id)
    if client is None or client.suspended_at is not None or client.kind is not ClientKind.ORGANISATION:
        raise ClientUnknown
    shown, login = client_assertions.read_agent(
        message.assertion, client.keys, client.client_id, audiences_of(tools), now
    )
    with database.separate_transaction() as repositories:
        if not repositories.spend(shown.replay_key, shown.keep_until):
            raise ClientUnknown
    actor = agent_actor(client, login)
    events.journal(JournalEntry.by(actor, PLATFORM, Act.CONNEXION, reason=_BY_ORGANISATION))
    return token_for(actor, signer, now, repositories=database.repositories, means=Means.ORGANISATION)
