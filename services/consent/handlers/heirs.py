"""Heirs: the holder opposes them while alive; after the death two agents let one read some sections for a time."""

from datetime import timedelta

from chassis.access_rules import NoQuestion, asks, unasked
from chassis.handlers import handles
from contracts.consent.api import Consent
from contracts.consent.authorisations import Done
from contracts.consent.decisions import Purpose
from contracts.consent.events import HeirAdmitted
from contracts.consent.heirs import AboutHeir, HeirAccess, OpenToHeir, SetHeirOpposition
from contracts.errors.request import DeathNotReported, HeirsOpposed, InvalidRequest, RoleForbidden
from contracts.identity.api import Identity
from contracts.identity.deaths import GetDeath
from contracts.identity.people import GetBirthDate
from contracts.vocabulary import Act, Capacity
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.representations import check_reference

_BY_AGENT = "agent"


@handles(Consent.set_heir_opposition, access=asks(Purpose.MANAGE, Act.OPPOSITION_AYANTS_DROIT))
def set_heir_opposition(ctx: ConsentContext, request: SetHeirOpposition) -> Done:
    """Whether heirs are refused after the holder's death; representatives see neither this nor its line.

    Raises:
        RoleForbidden: a representative may be an heir. Refusal: the law's.
    """
    ctx.access.permit()
    if ctx.access.capacity is not Capacity.SELF:
        raise RoleForbidden
    ctx.access.secret, ctx.access.reason = True, "opposee" if request.opposed else "levee"
    fact = Fact(kind=FactKind.OPPOSITION_AYANTS_DROIT, secret=True)
    if request.opposed:
        ctx.facts.put(request.patient_id, fact, now=ctx.now)
    else:
        ctx.facts.forget(request.patient_id, fact.kind, fact.party)
    return Done()


@handles(Consent.open_to_heir, access=unasked(NoQuestion.AGENT, Act.OUVERTURE_AYANT_DROIT))
def open_to_heir(ctx: ConsentContext, request: OpenToHeir) -> HeirAccess:
    """The heir reads these sections of the closed record for a time, with their own account, and is told.

    Raises:
        InvalidRequest: no section, the evidence, or an heir whom nobody knows, who died, or who is the holder.
        DeathNotReported. HeirsOpposed: by the holder, while alive.
    """
    ctx.access.reason = _BY_AGENT
    patient_id = request.patient_id
    check_reference(request.evidence)
    if not request.sections:
        raise InvalidRequest(field="sections")
    # An undoing of the report waits, and ends what is opened here.
    ctx.lock_death(patient_id)
    if not ctx.facts.is_deceased(patient_id):
        raise DeathNotReported
    if ctx.facts.holds(patient_id, FactKind.OPPOSITION_AYANTS_DROIT):
        # Representatives read the journal again if the report was wrong.
        ctx.access.secret = True
        raise HeirsOpposed
    _check_heir(ctx, request)
    until = ctx.now + timedelta(days=ctx.settings.heir_access_days)
    sections = tuple(sorted(set(request.sections)))
    fact = Fact(kind=FactKind.AYANT_DROIT, party=str(request.heir), until=until, sections=sections)
    evidence = f"{request.quality} {request.purpose} {request.evidence}"
    ctx.facts.put(patient_id, fact, now=ctx.now, evidence=evidence)
    ctx.events.publish(HeirAdmitted(patient_id=request.heir))
    return HeirAccess(patient_id=patient_id, heir=request.heir, sections=sections, until=until)


@handles(Consent.end_heir_access, access=unasked(NoQuestion.AGENT, Act.FIN_AYANT_DROIT))
def end_heir_access(ctx: ConsentContext, request: AboutHeir) -> Done:
    """End what was opened; one agent suffices, and it is no error if there is nothing to end."""
    ctx.access.reason = _BY_AGENT
    ctx.facts.forget(request.patient_id, FactKind.AYANT_DROIT, str(request.heir))
    return Done()


def _check_heir(ctx: ConsentContext, request: OpenToHeir) -> None:
    born = ctx.remote.as_service(Identity.birth_date_of, GetBirthDate(patient_id=request.heir)).birth_date
    is_dead = ctx.remote.as_service(Identity.death_of, GetDeath(patient_id=request.heir)).reported
    if born is None or is_dead or request.heir == request.patient_id:
        raise InvalidRequest(field="heir")
