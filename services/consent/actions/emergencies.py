"""Opening an emergency access."""

from datetime import timedelta

from contracts.consent import EmergencyAccessOpened, EmergencyOpened, Obligation, OpenEmergency, Purpose
from contracts.vocabulary import Act, Rpps
from services.consent.actions.desk import Desk
from services.consent.domain.facts import EMERGENCY_OF, Fact, FactKind
from services.consent.settings import ConsentSettings


def open_emergency(desk: Desk, asked: OpenEmergency, settings: ConsentSettings) -> EmergencyOpened:
    """Break the glass, or come from the regulation centre, for the length of a consultation.

    Raises:
        Refusal: the law's, journalled.
    """
    patient_id, rpps, now = asked.patient_id, Rpps(desk.call.actor.subject), desk.call.now
    question = desk.ask(
        patient_id,
        Purpose.OPEN_EMERGENCY,
        mode=asked.mode,
        record_status=desk.record_status(patient_id),
        written_reason=asked.reason,
        regulation_centre=settings.is_regulation_centre(desk.call.actor.structure),
    )
    decision = desk.check(question, Act.OUVERTURE_URGENCE)
    until = now + timedelta(minutes=settings.emergency_minutes)
    desk.store.note(patient_id, Fact(kind=EMERGENCY_OF[asked.mode], party=rpps, until=until), now=now)
    desk.store.note_emergency(patient_id, rpps, asked.mode, asked.reason.strip(), since=now, until=until)
    desk.done(question, Act.OUVERTURE_URGENCE, decision)
    if Obligation.NOTIFY_EMERGENCY in decision.obligations:
        _tell(desk, asked, rpps)
    return EmergencyOpened(patient_id=patient_id, mode=asked.mode, until=until)


def _tell(desk: Desk, asked: OpenEmergency, rpps: Rpps) -> None:
    """Holder and médecins traitants are told at once."""
    named = tuple(
        Rpps(filed.fact.party)
        for filed in desk.store.of_patient(asked.patient_id)
        if filed.fact.kind is FactKind.MEDECIN_TRAITANT
    )
    desk.call.events.publish(
        EmergencyAccessOpened(patient_id=asked.patient_id, rpps=rpps, mode=asked.mode, medecins_traitants=named)
    )
