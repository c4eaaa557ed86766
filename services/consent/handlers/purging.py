"""What becomes of rights when the record they were about is destroyed."""

from chassis.handlers import listens
from contracts.records import RecordPurged
from services.consent.context import ConsentContext
from services.consent.repositories import InvitationRepository


@listens(RecordPurged)
def forget_record(ctx: ConsentContext, event: RecordPurged) -> None:
    """Nothing the patient decided outlives the record, nor do the reasons of emergencies; who represents them stays.

    Records has journalled the destruction.
    """
    ctx.facts.forget_record(event.patient_id)
    InvitationRepository(ctx.connection).forget_record(event.patient_id)
