"""What becomes of content: kept once a document holds it, destroyed when none will or its record is, and swept."""

from collections.abc import Iterable
from datetime import timedelta

from chassis.units import RequestContext
from contracts.audit import JournalEntry
from contracts.errors import Unavailable
from contracts.records import ContentAbandoned, DocumentDeposited, DocumentPurged, HoldsContent, Records
from contracts.vocabulary import Act
from services.documents.bucket import Bucket
from services.documents.domain import DueObject, Fate, fate
from services.documents.repositories import ContentRepository

_SWEPT_AT_ONCE = 500
_TERM_OVER = "delai"
"""The reason in the journal: the record was kept as long as it had to be."""


def keep(contents: ContentRepository, deposits: Iterable[DocumentDeposited]) -> None:
    """Documents hold these contents now.

    Raises:
        DocumentNotFound: one was destroyed; the operator must hear of it.
    """
    contents.keep(list(dict.fromkeys((one.patient_id, one.content_id) for one in deposits)))


def destroy(contents: ContentRepository, call: RequestContext[ContentAbandoned]) -> None:
    """Nobody will hold this content: its key is gone with this commit, its object with the next sweep."""
    contents.destroy(call.message.patient_id, call.message.content_id, now=call.now)


def purge(contents: ContentRepository, call: RequestContext[DocumentPurged]) -> None:
    """Its record is no more: the key of this content, kept or staged, goes now, its object with the next sweep."""
    purged = call.message
    if contents.purge(purged.patient_id, purged.content_id, now=call.now):
        call.events.journal(
            JournalEntry.by(
                call.actor,
                purged.patient_id,
                Act.DESTRUCTION_CONTENU,
                reason=_TERM_OVER,
                document_id=purged.document_id,
                secret=purged.secret,
            )
        )


def sweep(contents: ContentRepository, call: RequestContext[None], bucket: Bucket, *, patience: timedelta) -> None:
    """Remove objects nobody claimed, give up content that waited for `patience`, forget expired tickets.

    Raises:
        ServiceUnavailable: the store is away; the next round does it all again, which does no harm.
    """
    for due in contents.due_objects(now=call.now, most=_SWEPT_AT_ONCE):
        _sweep_one(contents, call, bucket, due, patience)
    contents.forget_tickets(now=call.now)


def _sweep_one(
    contents: ContentRepository, call: RequestContext[None], bucket: Bucket, due: DueObject, patience: timedelta
) -> None:
    match fate(due, now=call.now, patience=patience):
        case Fate.REMOVE_OBJECT:
            bucket.remove(due.object_key)
            contents.forget_object(due.patient_id, due.content_id)
        case Fate.GIVE_UP:
            _give_up_unless_held(contents, call, due)
        case Fate.WAIT:
            contents.put_off(due.patient_id, due.content_id, due=(due.staged_at or call.now) + patience)
        case Fate.CLAIM:
            contents.forget_object(due.patient_id, due.content_id)


def _give_up_unless_held(contents: ContentRepository, call: RequestContext[None], due: DueObject) -> None:
    """The news that a document holds it may be late or parked; records is asked before anything is lost."""
    question = HoldsContent(patient_id=due.patient_id, content_id=due.content_id)
    try:
        is_held = call.remote(Records.holds_content, question).held
    except Unavailable:
        return
    if is_held:
        contents.keep([(due.patient_id, due.content_id)])
    else:
        contents.destroy(due.patient_id, due.content_id, now=call.now)
