"""Changing a document: hiding, showing, archiving and deleting it, or several changes at once."""

from uuid import uuid4

from chassis.access_rules import asks
from chassis.handlers import handles
from contracts.consent.decisions import Purpose
from contracts.consent.permits import Permit
from contracts.errors.base import Forbidden, Missing
from contracts.errors.request import DocumentNotFound, InvalidRequest
from contracts.records.api import Records
from contracts.records.changes import ChangedDocument, ChangeDocument
from contracts.records.documents import AboutDocument, ArchiveDocument, DeletedDocument, Document, SetVisibility
from contracts.records.entries import DocumentEntry
from contracts.records.events import DocumentAppeared, DocumentDeleted, VisibilityChanged
from contracts.vocabulary import PLATFORM, Act, DocumentId, DocumentStatus, PatientId, Role, Visibility
from services.records.context import RecordsContext
from services.records.domain import StoredDocument
from services.records.domain.depositors import depositor_of
from services.records.domain.deposits import check_depositor_or_author
from services.records.domain.labels import check_expected, marks_after
from services.records.domain.lives import DocumentAction, document_after
from services.records.domain.marks import changed, check_changeable, shown, with_mask

_MASKS = asks(Purpose.SET_VISIBILITY, Act.MODIF_VISIBILITE)
_ARCHIVES = asks(Purpose.ARCHIVE, Act.ARCHIVAGE_DOCUMENT, Act.DESARCHIVAGE_DOCUMENT)
_SHOWS = asks(Purpose.DELETE, Act.REMISE_VISIBILITE)
_DELETES = asks(Purpose.DELETE, Act.SUPPRESSION_DOCUMENT)
_CHANGES = asks(
    (Purpose.SET_VISIBILITY, Purpose.ARCHIVE, Purpose.DELETE),
    *(act for rule in (_MASKS, _ARCHIVES, _SHOWS, _DELETES) for act in rule.acts),
)


@handles(Records.set_visibility, access=_MASKS)
def set_visibility(ctx: RecordsContext, request: SetVisibility) -> Document:
    """Hide a document from professionals, or show it; idempotent. For the patient, médecin traitant or author.

    Raises:
        DocumentNotFound: not there, or not theirs to hide; VisibilityForbidden; Refusal: consent's.
    """
    return _mask(ctx, request.document_id, masque_ps=request.masque_ps)


@handles(Records.archive_document, access=_ARCHIVES)
def archive_document(ctx: RecordsContext, request: ArchiveDocument) -> Document:
    """Take a document out of the usual lists, or put it back; idempotent.

    Raises:
        As `set_visibility`; DocumentTransitionRefused: a superseded document is in none of them.
    """
    return _archive(ctx, request.document_id, archived=request.archived)


@handles(Records.show_to_patient, access=_SHOWS)
def show_to_patient(ctx: RecordsContext, request: AboutDocument) -> Document:
    """Let the patient see a document before its date, once its author has announced it.

    Raises:
        NotAuthor: somebody else who can see it; DocumentNotFound; Refusal: consent's.
    """
    return _show(ctx, request.document_id)


@handles(Records.delete_document, access=_DELETES)
def delete_document(ctx: RecordsContext, request: AboutDocument) -> DeletedDocument:
    """Delete a document for everybody; its bytes are kept until the record is destroyed.

    Raises:
        NotAuthor: somebody who can see it but did not deposit or write it; DocumentNotFound; Refusal: consent's.
    """
    _delete(ctx, request.document_id)
    return DeletedDocument()


@handles(Records.change_document, access=_CHANGES)
def change_document(ctx: RecordsContext, request: ChangeDocument) -> ChangedDocument:
    """Change a document's marks and state; each change has its own rule and its own journal entry.

    A document named by an identifier alone is DocumentNotFound whatever the refusal is.

    Raises:
        InvalidRequest: nothing, or more than one thing, is named or asked for. DocumentNotFound; what the single
            changes refuse. VersionMoved, ExpectationFailed: only to those who may change it.
    """
    ctx.access.act = _first_act(request)
    _check_changes(request)
    if request.patient_id is not None and request.document_id is not None:
        return _apply_changes(ctx, request, request.patient_id, request.document_id)
    if request.identifier is None:
        raise InvalidRequest(field="identifier")
    found = ctx.repositories.documents.named(request.identifier, request.patient_id)
    # Of two identities of the patient the named one is meant.
    found = [named for named in found if named[0] == request.patient_id] or found
    # Two documents of one name in two records: which was meant is not known.
    if len(found) != 1:
        ctx.access.patient_id = PLATFORM
        raise DocumentNotFound
    ((ctx.access.patient_id, ctx.access.document_id),) = found
    try:
        return _apply_changes(ctx, request, *found[0])
    except (Forbidden, Missing) as refusal:
        # The journal says what was refused.
        raise DocumentNotFound from refusal


def _check_changes(request: ChangeDocument) -> None:
    if (_is_relabelled(request) or request.archived is not None) is request.deleted:
        raise InvalidRequest(field="deleted" if request.deleted else "body")


def _first_act(request: ChangeDocument) -> Act:
    """The act that is refused where nothing was changed yet."""
    if request.deleted:
        return Act.SUPPRESSION_DOCUMENT
    if request.archived is None or _is_relabelled(request):
        return Act.MODIF_VISIBILITE
    return Act.ARCHIVAGE_DOCUMENT if request.archived else Act.DESARCHIVAGE_DOCUMENT


def _is_relabelled(request: ChangeDocument) -> bool:
    return request.labels is not None or bool(request.add_labels or request.drop_labels)


def _apply_changes(
    ctx: RecordsContext, request: ChangeDocument, patient_id: PatientId, document_id: DocumentId
) -> ChangedDocument:
    before = _entry(ctx, document_id)
    if request.deleted:
        _delete(ctx, document_id)
    if _is_relabelled(request):
        _relabel(ctx, document_id, before, request)
    if request.archived is not None:
        _archive(ctx, document_id, archived=request.archived)
    if before is None:
        raise DocumentNotFound
    # Last, and undone if it fails: who may not change the document must not learn its version or status.
    check_expected(before, request.expected)
    return ChangedDocument(patient_id=patient_id, entry=None if request.deleted else _entry(ctx, document_id))


def _relabel(
    ctx: RecordsContext, document_id: DocumentId, before: DocumentEntry | None, request: ChangeDocument
) -> None:
    # The permit first: who may not change the labels must not learn them.
    ctx.access.begin(Act.MODIF_VISIBILITE)
    permit = ctx.access.permit(Purpose.SET_VISIBILITY)
    document = _lock(ctx, permit, document_id).document
    if before is None:
        return
    marks = marks_after(before, request)
    is_masked = Visibility.MASQUE_PS in marks
    masked = _write_mask(ctx, permit, document, masque_ps=is_masked)
    check_changeable(masked, marks)
    if Visibility.INVISIBLE_PATIENT in document.visibility and Visibility.INVISIBLE_PATIENT not in marks:
        if masked is document:
            # Nothing but the date was changed.
            ctx.access.act = Act.REMISE_VISIBILITE
        else:
            ctx.access.begin(Act.REMISE_VISIBILITE)
        _show(ctx, document_id)


def _mask(ctx: RecordsContext, document_id: DocumentId, *, masque_ps: bool) -> Document:
    permit = ctx.access.permit(Purpose.SET_VISIBILITY)
    return _write_mask(ctx, permit, _lock(ctx, permit, document_id).document, masque_ps=masque_ps)


def _write_mask(ctx: RecordsContext, permit: Permit, document: Document, *, masque_ps: bool) -> Document:
    ctx.is_about(document)
    if (Visibility.MASQUE_PS in document.visibility) is masque_ps:
        return document
    masked = with_mask(document, masque_ps=masque_ps, rules=ctx.settings.mark_rules, entry_uuid=uuid4())
    return _write(ctx, permit, masked)


def _archive(ctx: RecordsContext, document_id: DocumentId, *, archived: bool) -> Document:
    ctx.access.begin(Act.ARCHIVAGE_DOCUMENT if archived else Act.DESARCHIVAGE_DOCUMENT)
    permit = ctx.access.permit(Purpose.ARCHIVE)
    document = _lock(ctx, permit, document_id).document
    ctx.is_about(document)
    if document.status is (DocumentStatus.ARCHIVED if archived else DocumentStatus.CURRENT):
        return document
    status = document_after(document.status, DocumentAction.ARCHIVE if archived else DocumentAction.RESTORE)
    return _write(ctx, permit, changed(document, status=status, entry_uuid=uuid4()))


def _show(ctx: RecordsContext, document_id: DocumentId) -> Document:
    permit = ctx.access.permit(Purpose.DELETE)
    document = _lock_own(ctx, permit, document_id).document
    ctx.is_about(document)
    if document.invisible_until is None:
        return document
    visible = shown(document, entry_uuid=uuid4())
    # Its journal entries are the patient's to read from now on, this one first.
    ctx.is_about(visible)
    ctx.repositories.dates.show(ctx.access.patient_id, document_id, visible.entry_uuid, ctx.now)
    ctx.events.publish(
        DocumentAppeared(patient_id=ctx.access.patient_id, document_id=document_id, secret=ctx.access.is_secret)
    )
    return visible


def _delete(ctx: RecordsContext, document_id: DocumentId) -> None:
    ctx.access.begin(Act.SUPPRESSION_DOCUMENT)
    permit = ctx.access.permit(Purpose.DELETE)
    document = _lock_own(ctx, permit, document_id).document
    ctx.is_about(document)
    status = document_after(document.status, DocumentAction.DELETE)
    ctx.repositories.documents.change(permit, changed(document, status=status, entry_uuid=uuid4()))
    ctx.events.publish(
        DocumentDeleted(
            patient_id=ctx.access.patient_id,
            document_id=document_id,
            by_patient=ctx.actor.role is Role.PATIENT,
            **ctx.access.event_flags,
        )
    )


def _entry(ctx: RecordsContext, document_id: DocumentId) -> DocumentEntry | None:
    """The entry in its state for the actor; it is answered to nobody before a permit was given."""
    named = ctx.repositories.deposits.version_for(ctx.view, str(document_id))
    return named.stored_document.entry if named else None


def _lock(ctx: RecordsContext, permit: Permit, document_id: DocumentId) -> StoredDocument:
    stored_document = ctx.repositories.documents.get(permit, document_id, locked=True)
    if stored_document is None:
        raise DocumentNotFound
    return ctx.found(stored_document)


def _lock_own(ctx: RecordsContext, permit: Permit, document_id: DocumentId) -> StoredDocument:
    """A document the actor deposited or wrote.

    Raises:
        NotAuthor: they did neither but can see it. DocumentNotFound: they cannot see it.
    """
    documents = ctx.repositories.documents
    stored_document = documents.get(permit, document_id, locked=True) or documents.get(ctx.view, document_id)
    if stored_document is None:
        raise DocumentNotFound
    check_depositor_or_author(stored_document, ctx.actor, depositor_of(ctx.actor, permit.patient_id))
    return ctx.found(stored_document)


def _write(ctx: RecordsContext, permit: Permit, document: Document) -> Document:
    ctx.repositories.documents.change(permit, document)
    ctx.events.publish(
        VisibilityChanged(
            patient_id=ctx.access.patient_id,
            document_id=document.document_id,
            by_patient=ctx.actor.role is Role.PATIENT,
            **ctx.access.event_flags,
        )
    )
    return document
