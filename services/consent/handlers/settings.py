"""A patient's settings for emergency accesses."""

from chassis.access_rules import asks
from chassis.handlers import handles
from contracts.consent.api import Consent
from contracts.consent.authorisations import Done, SetOpposition, SetUnmasking
from contracts.consent.decisions import Purpose
from contracts.errors.request import InvalidRequest
from contracts.vocabulary import AccessMode, Act
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind
from services.consent.lifting import lift


@handles(Consent.set_opposition, access=asks(Purpose.MANAGE, Act.OPPOSITION_URGENCE))
def set_opposition(ctx: ConsentContext, request: SetOpposition) -> Done:
    """Whether the patient opposes an emergency mode.

    Raises:
        InvalidRequest: the normal mode cannot be opposed; authorisations govern it.
        Refusal: the law's.
    """
    if request.mode is AccessMode.NORMAL:
        raise InvalidRequest(field="mode")
    ctx.access.permit()
    ctx.access.reason = "opposee" if request.opposed else "levee"
    mode = request.mode.value
    if request.opposed:
        fact = Fact(kind=FactKind.OPPOSITION, party=mode, giver=ctx.access.giver)
        ctx.facts.put(request.patient_id, fact, now=ctx.now)
        ctx.facts.forget(request.patient_id, FactKind.LEVEE_OPPOSITION, mode)
    else:
        lift(ctx, request.patient_id, FactKind.OPPOSITION, mode)
    return Done()


@handles(Consent.set_unmasking, access=asks(Purpose.MANAGE, Act.REGLAGE_DEMASQUAGE))
def set_unmasking(ctx: ConsentContext, request: SetUnmasking) -> Done:
    """Whether emergency accesses show the documents masked from professionals."""
    ctx.access.permit()
    fact = Fact(kind=FactKind.DEMASQUAGE, giver=ctx.access.giver)
    ctx.access.reason = "permis" if request.unmasks else "retire"
    if request.unmasks:
        ctx.facts.put(request.patient_id, fact, now=ctx.now)
    else:
        ctx.facts.forget(request.patient_id, fact.kind, fact.party)
    return Done()
