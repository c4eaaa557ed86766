"""What becomes of rights when the record they were about is destroyed."""

from chassis.units import RequestContext
from contracts.records import RecordPurged
from services.consent.store import ConsentStore, InvitationStore


def forget_record(store: ConsentStore, call: RequestContext[RecordPurged]) -> None:
    """Nothing the patient decided outlives the record, nor do the reasons of emergencies; who represents them stays.

    Records has journalled the destruction.
    """
    store.forget_record(call.message.patient_id)
    InvitationStore(call.connection).forget_record(call.message.patient_id)
