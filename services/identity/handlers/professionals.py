"""Professionals' logins by CPS card: the card says who, the directory says where they work."""

from chassis.access_rules import NoQuestion, unasked
from chassis.handlers import handles
from contracts.envelope import Actor
from contracts.errors.request import ProofReplayed
from contracts.identity.api import Identity
from contracts.identity.apps import Software
from contracts.identity.logins import LoginMethod
from contracts.identity.people import ProfessionalAssertion, Token
from contracts.vocabulary import Act, Role
from services.identity import domain
from services.identity.access_tokens import start_session
from services.identity.cards import CpsClaims
from services.identity.context import IdentityContext


@handles(Identity.login_professional, access=unasked(NoQuestion.PROOF, Act.CONNEXION))
def login_professional(ctx: IdentityContext, request: ProfessionalAssertion) -> Token:
    """A token for the card's holder, if directory and software list agree.

    Raises:
        ProofInvalid, ProofExpired, CardRevoked: the card is not accepted, so nobody is known.
        ProofReplayed, ProfessionalUnknown, ProfessionalSuspended, ProfessionRetired, SoftwareRefused: it is, and the
            answer is no.
    """
    card = ctx.tools.cards.read_cps(request.assertion, ctx.now, request.certificate)
    claims = card.claims
    # The proof stays spent whatever the directory says of its holder.
    with ctx.database.separate_transaction() as repositories:
        is_fresh = repositories.spend(card.replay_key, card.keep_until)
        entry = repositories.find_professional(claims.sub)
        software = repositories.homologated(claims.software)
    ctx.access.actor = _card_holder(claims, entry)
    actor = _professional_actor(claims, entry, software, is_fresh=is_fresh)
    ctx.access.actor, ctx.access.reason = actor, "cps"
    return start_session(ctx, actor, LoginMethod.CPS, actor.software or "", card=card.card)


def _professional_actor(
    claims: CpsClaims, entry: domain.DirectoryEntry | None, software: Software | None, *, is_fresh: bool
) -> Actor:
    if not is_fresh:
        raise ProofReplayed
    return domain.professional_actor(entry, software, profession=claims.profession, structure=claims.structure)


def _card_holder(claims: CpsClaims, entry: domain.DirectoryEntry | None) -> Actor:
    """What the card itself proves; the structure and the software are claimed by the signing program alone."""
    return Actor(
        role=Role.PROFESSIONAL,
        subject=claims.sub,
        name=entry.name if entry else "",
        profession=claims.profession,
    )
