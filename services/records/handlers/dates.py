"""What happens by itself when its day has come: once, whichever replica's clock strikes first."""

from uuid import uuid4

from chassis.units import RequestContext
from contracts.audit import JournalEntry
from contracts.records import DocumentAppeared, DocumentPurged, MajorityReached, RecordPurged
from contracts.vocabulary import Act, DocumentId, PatientId
from services.records.repositories import DestroyedRecord, Repositories

_BY_DATE = "delai"
_MOST_DOCUMENTS, _MOST_HOLDERS, _MOST_RECORDS = 200, 200, 20
"""At once; the next round takes the next."""


def appear(repositories: Repositories, call: RequestContext[None]) -> None:
    """Documents whose announcement was awaited long enough: the patient is told now, and reads what was withheld.

    They could be seen from their date on; this only says so.
    """
    for one in repositories.dates.appearing(call.now, most=_MOST_DOCUMENTS):
        repositories.dates.show(one.patient_id, one.document_id, f"urn:uuid:{uuid4()}", call.now)
        _journal_appeared(call, one.patient_id, one.document_id, secret=one.secret)
        # Of a document deleted meanwhile the journal may be read, but there is nothing to see.
        if not one.deleted:
            call.events.publish(
                DocumentAppeared(patient_id=one.patient_id, document_id=one.document_id, secret=one.secret)
            )


def _journal_appeared(
    call: RequestContext[None], patient_id: PatientId, document_id: DocumentId, *, secret: bool
) -> None:
    entry = JournalEntry.by(
        call.actor, patient_id, Act.REMISE_VISIBILITE, reason=_BY_DATE, document_id=document_id, secret=secret
    )
    call.events.journal(entry)


def come_of_age(repositories: Repositories, call: RequestContext[None]) -> None:
    """Holders who are of age from today on; their representatives' access ended by its own date."""
    for patient_id in repositories.dates.come_of_age(call.now.date(), most=_MOST_HOLDERS):
        call.events.journal(JournalEntry.by(call.actor, patient_id, Act.PASSAGE_MAJORITE, reason=_BY_DATE))
        call.events.publish(MajorityReached(patient_id=patient_id))


def purge(repositories: Repositories, call: RequestContext[None]) -> None:
    """Closed records whose time is over: entries go now, the keys of their contents with the news of it."""
    for patient_id in repositories.dates.to_purge(call.now.date(), most=_MOST_RECORDS):
        for gone in repositories.dates.destroy(patient_id):
            _notify_destroyed(call, patient_id, gone)
        call.events.journal(JournalEntry.by(call.actor, patient_id, Act.DESTRUCTION_DOSSIER, reason=_BY_DATE))
        call.events.publish(RecordPurged(patient_id=patient_id))


def _notify_destroyed(call: RequestContext[None], patient_id: PatientId, gone: DestroyedRecord) -> None:
    if gone.withheld:
        # It will never appear, but what was done with it is the holder's to read.
        _journal_appeared(call, patient_id, gone.document_id, secret=gone.secret)
    call.events.publish(
        DocumentPurged(
            patient_id=patient_id, document_id=gone.document_id, content_id=gone.content_id, secret=gone.secret
        )
    )
