"""Opening an emergency access."""

from datetime import timedelta

from contracts.consent import EmergencyAccessOpened, EmergencyOpened, Obligation, OpenEmergency, Purpose
from contracts.vocabulary import Act, Rpps
from services.consent.authorizer import Authorizer
from services.consent.domain.facts import EMERGENCY_OF, Fact, FactKind
from services.consent.settings import ConsentSettings


def open_emergency(authorizer: Authorizer, request: OpenEmergency, settings: ConsentSettings) -> EmergencyOpened:
    """Break the glass, or come from the regulation centre, for the length of a consultation.

    Raises:
        Refusal: the law's, journalled.
    """
    patient_id, rpps, now = request.patient_id, Rpps(authorizer.call.actor.subject), authorizer.call.now
    question = authorizer.ask(
        patient_id,
        Purpose.OPEN_EMERGENCY,
        mode=request.mode,
        record_status=authorizer.record_status(patient_id),
        written_reason=request.reason,
        regulation_centre=settings.is_regulation_centre(authorizer.call.actor.structure),
    )
    decision = authorizer.check(question, Act.OUVERTURE_URGENCE)
    until = now + timedelta(minutes=settings.emergency_minutes)
    authorizer.repository.note(patient_id, Fact(kind=EMERGENCY_OF[request.mode], party=rpps, until=until), now=now)
    authorizer.repository.note_emergency(
        patient_id, rpps, request.mode, request.reason.strip(), since=now, until=until
    )
    authorizer.done(question, Act.OUVERTURE_URGENCE, decision)
    if Obligation.NOTIFY_EMERGENCY in decision.obligations:
        _notify(authorizer, request, rpps)
    return EmergencyOpened(patient_id=patient_id, mode=request.mode, until=until)


def _notify(authorizer: Authorizer, request: OpenEmergency, rpps: Rpps) -> None:
    """Holder and médecins traitants are told at once."""
    named = tuple(
        Rpps(dated.fact.party)
        for dated in authorizer.repository.of_patient(request.patient_id)
        if dated.fact.kind is FactKind.MEDECIN_TRAITANT
    )
    authorizer.call.events.publish(
        EmergencyAccessOpened(patient_id=request.patient_id, rpps=rpps, mode=request.mode, medecins_traitants=named)
    )
