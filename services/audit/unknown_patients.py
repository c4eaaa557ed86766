"""Refused requests that named a patient whom nobody knows: their entries are lines of the platform."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from chassis.handlers import ReceivedEvent
from contracts.audit import JournalEntry
from contracts.errors.base import Unavailable
from contracts.identity.api import Identity
from contracts.identity.people import GetBirthDate
from contracts.vocabulary import PLATFORM, Outcome, PatientId
from services.audit.context import AuditContext
from services.audit.domain.strands import about_no_patient

Bundle = tuple[ReceivedEvent[JournalEntry], ...]


def attribute(ctx: AuditContext, events: Bundle) -> Bundle:
    """The same entries; those about nobody are the platform's, so that made-up ids leave no strands.

    A patient is known who has a strand, or whom an allowed entry is about; of others identity is asked. While it does
    not answer, an entry stays that of the patient it names.
    """
    named = {received.event.patient_id for received in events if received.event.outcome is Outcome.REFUSED}
    named -= {received.event.patient_id for received in events if received.event.outcome is Outcome.ALLOWED}
    doubtful = named - {PLATFORM} - ctx.repository.patients_with_strands(named)
    unknown = _unknown_among(ctx, sorted(doubtful)) if doubtful else frozenset()
    return tuple(
        replace(received, event=about_no_patient(received.event))
        if received.event.patient_id in unknown
        else received
        for received in events
    )


def _unknown_among(ctx: AuditContext, patients: Sequence[PatientId]) -> Collection[PatientId]:
    try:
        return {patient for patient in patients if not _is_known(ctx, patient)}
    except Unavailable:
        return frozenset()


def _is_known(ctx: AuditContext, patient_id: PatientId) -> bool:
    return ctx.remote(Identity.birth_date_of, GetBirthDate(patient_id=patient_id)).birth_date is not None
