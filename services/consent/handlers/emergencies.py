"""The opening of an emergency access."""

from datetime import timedelta

from chassis.access_rules import asks
from chassis.handlers import handles
from contracts.consent.api import Consent
from contracts.consent.authorisations import EmergencyOpened, OpenEmergency
from contracts.consent.decisions import Obligation, Purpose
from contracts.consent.events import EmergencyAccessOpened
from contracts.vocabulary import Act, Rpps
from services.consent.context import ConsentContext
from services.consent.domain.facts import EMERGENCY_OF, Fact, FactKind
from services.consent.repositories.found_facts import dated_in_force


@handles(Consent.open_emergency, access=asks(Purpose.OPEN_EMERGENCY, Act.OUVERTURE_URGENCE))
def open_emergency(ctx: ConsentContext, request: OpenEmergency) -> EmergencyOpened:
    """Open a bris de glace or an access of the regulation centre, for the length of a consultation.

    Raises:
        Refusal: the law's.
    """
    patient_id, rpps, now = request.patient_id, Rpps(ctx.actor.subject), ctx.now
    permit = ctx.access.permit(
        record_status=ctx.authorizer.record(patient_id).status,
        written_reason=request.reason,
        regulation_centre=ctx.settings.is_regulation_centre(ctx.actor.structure),
    )
    until = now + timedelta(minutes=ctx.settings.emergency_minutes)
    ctx.facts.put(patient_id, Fact(kind=EMERGENCY_OF[request.mode], party=rpps, until=until), now=now)
    ctx.facts.add_emergency(patient_id, rpps, request.mode, request.reason.strip(), since=now, until=until)
    if Obligation.NOTIFY_EMERGENCY in permit.obligations:
        _notify(ctx, request, rpps)
    return EmergencyOpened(patient_id=patient_id, mode=request.mode, until=until)


def _notify(ctx: ConsentContext, request: OpenEmergency, rpps: Rpps) -> None:
    """The event notifies the holder and the médecins traitants."""
    medecins_traitants = tuple(
        Rpps(dated.fact.party)
        for dated in dated_in_force(ctx.facts.of_patient(request.patient_id), ctx.now)
        if dated.fact.kind is FactKind.MEDECIN_TRAITANT
    )
    ctx.events.publish(
        EmergencyAccessOpened(
            patient_id=request.patient_id, rpps=rpps, mode=request.mode, medecins_traitants=medecins_traitants
        )
    )
