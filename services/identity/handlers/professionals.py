"""Professionals: they come in by their CPS card, and are named from the directory."""

from datetime import datetime

from chassis.pending_events import PendingEvents
from chassis.tokens import Signer
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors import ProofReplayed, Refusal
from contracts.identity import Means, ProfessionalAssertion, Software, Token
from contracts.vocabulary import PLATFORM, Act, Outcome, Role
from services.identity import domain
from services.identity.cards import CpsClaims
from services.identity.repositories import Database
from services.identity.tools import Tools, token_for


def login_professional(
    message: ProfessionalAssertion,
    *,
    now: datetime,
    database: Database,
    tools: Tools,
    events: PendingEvents,
    signer: Signer,
) -> Token:
    """A token for whom the card asserts, if directory and software list agree; journalled once the card is believed.

    Raises:
        ProofInvalid, ProofExpired, CardRevoked: the card does not convince, so nobody is known.
        ProofReplayed, ProfessionalUnknown, ProfessionRetired, SoftwareRefused: it does, and the answer is no.
    """
    shown = tools.cards.read_cps(message.assertion, now, message.certificate)
    claims = shown.claims
    # The proof stays spent whatever the directory says of it.
    with database.separate_transaction() as repositories:
        is_fresh = repositories.spend(shown.replay_key, shown.keep_until)
        entry = repositories.find_professional(claims.sub)
        software = repositories.homologated(claims.software)
    try:
        actor = _admitted(claims, entry, software, is_fresh=is_fresh)
    except Refusal as refusal:
        events.journal(_login(_card_holder(claims, entry), Outcome.REFUSED, refusal.code))
        raise
    events.journal(_login(actor, Outcome.ALLOWED, "cps"))
    return token_for(
        actor, signer, now, repositories=database.repositories, means=Means.CPS, device=actor.software or ""
    )


def _admitted(
    claims: CpsClaims, entry: domain.DirectoryEntry | None, software: Software | None, *, is_fresh: bool
) -> Actor:
    if not is_fresh:
        raise ProofReplayed
    return domain.professional_actor(entry, software, profession=claims.profession, structure=claims.structure)


def _card_holder(claims: CpsClaims, entry: domain.DirectoryEntry | None) -> Actor:
    """What the card itself proves; the structure and the software are the asserting program's word alone."""
    return Actor(
        role=Role.PROFESSIONAL,
        subject=claims.sub,
        name=entry.name if entry else "",
        profession=claims.profession,
    )


def _login(actor: Actor, outcome: Outcome, reason: str) -> JournalEntry:
    return JournalEntry.by(actor, PLATFORM, Act.CONNEXION, outcome=outcome, reason=reason)
