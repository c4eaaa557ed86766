"""The destruction of a record, as far as consent is concerned."""

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import listens
from contracts.records.events import RecordPurged
from services.consent.context import ConsentContext


@listens(RecordPurged, access=unjournalled(NoEntry.SENDER, NoQuestion.SENDER))
def forget_record(ctx: ConsentContext, event: RecordPurged) -> None:
    """Delete what the patient decided and the reasons of emergency accesses; legal representatives stay.

    The records service has journalled the destruction.
    """
    ctx.facts.forget_record(event.patient_id)
    ctx.invitations.forget_record(event.patient_id)
