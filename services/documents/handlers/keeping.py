"""The life of contents after the upload: kept once a document holds them, destroyed otherwise, and swept."""

from datetime import timedelta

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import ReceivedEvent, Tick, every, listens, listens_to_bundle
from contracts.errors.base import Unavailable
from contracts.errors.execution import ContentStillHeld
from contracts.records.api import Records
from contracts.records.deposits import CheckContentHeld
from contracts.records.events import ContentAbandoned, DocumentDeposited, DocumentPurged
from contracts.vocabulary import Act, ContentId, PatientId
from services.documents.clinical_data import read_ahead
from services.documents.context import DocumentsContext
from services.documents.domain import DueObject, SweepAction, sweep_action

_OF_RECORDS = unjournalled(NoEntry.SENDER, NoQuestion.SENDER)
_SWEPT_PER_ROUND = 500
_TERM_OVER = "delai"
"""The reason in the journal: the record was kept as long as it had to be."""


@listens_to_bundle(DocumentDeposited, access=_OF_RECORDS)
def keep_contents(ctx: DocumentsContext, events: tuple[ReceivedEvent[DocumentDeposited], ...]) -> None:
    """Mark contents that documents hold now.

    Raises:
        DocumentNotFound: one was destroyed; the message becomes a dead letter, for the operator to see.
    """
    deposits = (received.event for received in events)
    held = list(dict.fromkeys((deposit.patient_id, deposit.content_id) for deposit in deposits))
    ctx.contents.keep(held)
    ctx.in_background(lambda: read_ahead(ctx, held))


@listens(ContentAbandoned, access=_OF_RECORDS)
def destroy_content(ctx: DocumentsContext, event: ContentAbandoned) -> None:
    """Erase the key of staged content that no document will hold; the next sweep removes its object.

    Raises:
        ContentStillHeld: a document holds it. Unavailable: records does not answer.
    """
    _check_not_held(ctx, event.patient_id, event.content_id)
    ctx.contents.destroy(event.patient_id, event.content_id, now=ctx.now)


@listens(DocumentPurged, access=unasked(NoQuestion.SENDER, Act.DESTRUCTION_CONTENU, each=True))
def purge_content(ctx: DocumentsContext, event: DocumentPurged) -> None:
    """Erase the key of content, kept or staged, whose record was destroyed; the next sweep removes its object.

    Raises:
        ContentStillHeld: a document holds it. Unavailable: records does not answer.
    """
    _check_not_held(ctx, event.patient_id, event.content_id)
    if ctx.contents.purge(event.patient_id, event.content_id, now=ctx.now):
        ctx.access.add(event.patient_id, event.document_id, reason=_TERM_OVER, secret=event.secret)


@every(seconds=10.0, access=unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP))
def sweep(ctx: DocumentsContext, _tick: Tick) -> None:
    """Remove objects that nobody claimed, give up content that waited too long, forget expired tickets.

    Raises:
        ServiceUnavailable: the object store is away; the next round does it all again, which does no harm.
    """
    for due in ctx.contents.due_objects(now=ctx.now, most=_SWEPT_PER_ROUND):
        _sweep_object(ctx, due)
    ctx.contents.forget_tickets(now=ctx.now)


def _sweep_object(ctx: DocumentsContext, due: DueObject) -> None:
    grace_period = timedelta(seconds=ctx.settings.staged_seconds)
    match sweep_action(due, now=ctx.now, grace_period=grace_period):
        case SweepAction.REMOVE_OBJECT:
            ctx.tools.bucket.remove(due.object_key)
            ctx.contents.forget_object(due.patient_id, due.content_id)
        case SweepAction.GIVE_UP:
            _give_up_unless_held(ctx, due)
        case SweepAction.WAIT:
            ctx.contents.postpone(due.patient_id, due.content_id, due=(due.staged_at or ctx.now) + grace_period)
        case SweepAction.CLAIM:
            ctx.contents.forget_object(due.patient_id, due.content_id)


def _check_not_held(ctx: DocumentsContext, patient_id: PatientId, content_id: ContentId) -> None:
    """Records owns the documents: an event alone, whoever sent it, destroys nothing that one of them holds."""
    if _is_held(ctx, patient_id, content_id):
        raise ContentStillHeld


def _is_held(ctx: DocumentsContext, patient_id: PatientId, content_id: ContentId) -> bool:
    question = CheckContentHeld(patient_id=patient_id, content_id=content_id)
    return ctx.remote(Records.holds_content, question).held


def _give_up_unless_held(ctx: DocumentsContext, due: DueObject) -> None:
    """Ask records first: the event that a document holds the content may be late, or among the dead letters."""
    try:
        is_held = _is_held(ctx, due.patient_id, due.content_id)
    except Unavailable:
        return
    if is_held:
        ctx.contents.keep([(due.patient_id, due.content_id)])
    else:
        ctx.contents.destroy(due.patient_id, due.content_id, now=ctx.now)
