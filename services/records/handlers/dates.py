"""Timers for what falls due on a date; rows are locked, so that one replica alone does each."""

from uuid import uuid4

from chassis.access_rules import NoQuestion, unasked
from chassis.handlers import Tick, every
from contracts.records.events import DocumentAppeared, DocumentPurged, MajorityReached, RecordPurged
from contracts.vocabulary import Act, PatientId
from services.records.context import RecordsContext
from services.records.repositories.dates import DestroyedDocument

_BY_DATE = "delai"
_MOST_DOCUMENTS, _MOST_HOLDERS, _MOST_RECORDS = 200, 200, 20
"""In one round; the next round takes the next."""


@every(seconds=20, access=unasked(NoQuestion.UPKEEP, Act.REMISE_VISIBILITE, each=True))
def show_documents_due(ctx: RecordsContext, _tick: Tick) -> None:
    """Documents whose date has come: notify the patient, and stop withholding their journal entries.

    Reading compares the date itself: they could be seen from that moment on.
    """
    for document in ctx.repositories.dates.appearing(ctx.now, most=_MOST_DOCUMENTS):
        patient_id, document_id = document.patient_id, document.document_id
        ctx.repositories.dates.show(patient_id, document_id, f"urn:uuid:{uuid4()}", ctx.now)
        ctx.access.add(patient_id, document_id, reason=_BY_DATE, secret=document.secret)
        # Of a document deleted meanwhile the journal may be read, but there is nothing to see.
        if not document.deleted:
            ctx.events.publish(
                DocumentAppeared(patient_id=patient_id, document_id=document_id, secret=document.secret)
            )


@every(seconds=60, access=unasked(NoQuestion.UPKEEP, Act.PASSAGE_MAJORITE, each=True))
def mark_majorities(ctx: RecordsContext, _tick: Tick) -> None:
    """Holders who are of age from today on; their representatives' access ended by its own date."""
    for patient_id in ctx.repositories.dates.come_of_age(ctx.now.date(), most=_MOST_HOLDERS):
        ctx.access.add(patient_id, reason=_BY_DATE)
        ctx.events.publish(MajorityReached(patient_id=patient_id))


@every(
    seconds=60,
    access=unasked(NoQuestion.UPKEEP, Act.DESTRUCTION_DOSSIER, Act.REMISE_VISIBILITE, each=True),
)
def purge_records(ctx: RecordsContext, _tick: Tick) -> None:
    """Closed records whose retention is over: entries are deleted now, the keys of their contents upon the events."""
    for patient_id in ctx.repositories.dates.to_purge(ctx.now.date(), most=_MOST_RECORDS):
        for document in ctx.repositories.dates.destroy(patient_id):
            _announce_purged(ctx, patient_id, document)
        ctx.access.add(patient_id, act=Act.DESTRUCTION_DOSSIER, reason=_BY_DATE)
        ctx.events.publish(RecordPurged(patient_id=patient_id))


def _announce_purged(ctx: RecordsContext, patient_id: PatientId, document: DestroyedDocument) -> None:
    if document.withheld:
        # It will never appear, but what was done with it is the holder's to read.
        ctx.access.add(
            patient_id,
            document.document_id,
            act=Act.REMISE_VISIBILITE,
            reason=_BY_DATE,
            secret=document.secret,
        )
    ctx.events.publish(
        DocumentPurged(
            patient_id=patient_id,
            document_id=document.document_id,
            content_id=document.content_id,
            secret=document.secret,
        )
    )
