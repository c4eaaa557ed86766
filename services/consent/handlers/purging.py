"""The destruction of a record, as far as consent is concerned."""

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import listens
from contracts.errors.execution import RecordNotDestroyed
from contracts.records.api import Records
from contracts.records.events import RecordPurged
from contracts.records.lifecycle import AboutRecord
from services.consent.context import ConsentContext


@listens(RecordPurged, access=unjournalled(NoEntry.SENDER, NoQuestion.SENDER))
def forget_record(ctx: ConsentContext, event: RecordPurged) -> None:
    """Delete what the patient decided, requests about representatives, reasons of emergencies.

    Representatives and the holder's death stay. The records service has journalled the destruction; it owns the
    record, and is asked whether it is gone.

    Raises:
        RecordNotDestroyed. Unavailable: records does not answer.
    """
    if ctx.remote(Records.status_of, AboutRecord(patient_id=event.patient_id, alone=True)).status is not None:
        raise RecordNotDestroyed
    ctx.facts.forget_record(event.patient_id)
    ctx.invitations.forget_record(event.patient_id)
    ctx.representation_requests.forget_record(event.patient_id)
