"""A patient's settings for emergency accesses."""

from chassis.handlers import handles
from contracts.consent import Consent, Done, Purpose, SetOpposition, SetUnmasking
from contracts.errors import InvalidRequest
from contracts.vocabulary import AccessMode, Act
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind


@handles(Consent.set_opposition)
def set_opposition(ctx: ConsentContext, request: SetOpposition) -> Done:
    """Whether the patient opposes an emergency mode.

    Raises:
        InvalidRequest: the normal mode cannot be opposed; authorisations govern it.
        Refusal: the law's, journalled.
    """
    if request.mode is AccessMode.NORMAL:
        raise InvalidRequest(field="mode")
    fact = Fact(kind=FactKind.OPPOSITION, party=request.mode.value)
    reason = "opposee" if request.opposed else "levee"
    question = ctx.authorizer.question(request.patient_id, Purpose.MANAGE, mode=request.mode)
    decision = ctx.authorizer.check(question, Act.OPPOSITION_URGENCE)
    if request.opposed:
        ctx.facts.put(request.patient_id, fact, now=ctx.now)
    else:
        ctx.facts.forget(request.patient_id, fact.kind, fact.party)
    ctx.authorizer.journal(question, Act.OPPOSITION_URGENCE, decision, reason=reason)
    return Done()


@handles(Consent.set_unmasking)
def set_unmasking(ctx: ConsentContext, request: SetUnmasking) -> Done:
    """Whether emergency accesses show the documents masked from professionals."""
    fact = Fact(kind=FactKind.DEMASQUAGE)
    question = ctx.authorizer.question(request.patient_id, Purpose.MANAGE)
    decision = ctx.authorizer.check(question, Act.REGLAGE_DEMASQUAGE)
    if request.unmasks:
        ctx.facts.put(request.patient_id, fact, now=ctx.now)
    else:
        ctx.facts.forget(request.patient_id, fact.kind, fact.party)
    ctx.authorizer.journal(
        question, Act.REGLAGE_DEMASQUAGE, decision, reason="permis" if request.unmasks else "retire"
    )
    return Done()
