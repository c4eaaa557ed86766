"""What becomes of rights when the record they were about is destroyed."""

from chassis.units import RequestContext
from contracts.records import RecordPurged
from services.consent.repositories import FactRepository, InvitationRepository


def forget_record(repository: FactRepository, call: RequestContext[RecordPurged]) -> None:
    """Nothing the patient decided outlives the record, nor do the reasons of emergencies; who represents them stays.

    Records has journalled the destruction.
    """
    repository.forget_record(call.message.patient_id)
    InvitationRepository(call.connection).forget_record(call.message.patient_id)
