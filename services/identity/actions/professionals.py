"""Professionals: they come in by their CPS card, and are named from the directory."""

from datetime import datetime

from chassis.tokens import Signer
from contracts.errors import ProofReplayed
from contracts.identity import ProfessionalAssertion, Token
from services.identity import domain
from services.identity.actions.desk import Desk, token_for
from services.identity.store import Cellar


def login_professional(
    message: ProfessionalAssertion, *, now: datetime, cellar: Cellar, desk: Desk, signer: Signer
) -> Token:
    """A token for whom the card asserts, if directory and software list agree.

    Raises:
        ProofInvalid, ProofExpired, ProofReplayed, CardRevoked: the card does not convince.
        ProfessionalUnknown, ProfessionRetired, SoftwareRefused: it does, and the answer is no.
    """
    shown = desk.cards.read_cps(message.assertion, now)
    claims = shown.claims
    # The proof stays spent whatever the directory says of it.
    with cellar.beside() as store:
        is_fresh = store.spend(shown.mark, shown.keep_until)
        entry = store.find_professional(claims.sub)
        profile = store.profile_of_software(claims.software)
    if not is_fresh:
        raise ProofReplayed
    actor = domain.professional_actor(
        entry, profile, profession=claims.profession, structure=claims.structure, software=claims.software
    )
    return token_for(actor, signer, now)
