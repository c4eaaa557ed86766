"""Changing a document: hiding, showing, archiving and deleting it, or several changes at once."""

from uuid import uuid4

from chassis.handlers import handles
from contracts.audit import JournalEntry
from contracts.consent import Purpose
from contracts.errors import DocumentNotFound, Forbidden, InvalidRequest, Missing
from contracts.records import (
    AboutDocument,
    ArchiveDocument,
    ChangedDocument,
    ChangeDocument,
    DeletedDocument,
    Document,
    DocumentAppeared,
    DocumentDeleted,
    DocumentEntry,
    Records,
    SetVisibility,
    VisibilityChanged,
)
from contracts.vocabulary import PLATFORM, Act, DocumentId, DocumentStatus, Outcome, PatientId, Role, Visibility
from services.records.access import Access
from services.records.context import RecordsContext
from services.records.domain import Permit, StoredDocument, permit_from
from services.records.domain.deposits import check_depositor_or_author
from services.records.domain.labels import check_expected, marks_after
from services.records.domain.lives import DocumentAction, document_after
from services.records.domain.marks import changed, check_changeable, shown, with_mask


@handles(Records.set_visibility)
def set_visibility(ctx: RecordsContext, request: SetVisibility) -> Document:
    """Hide a document from professionals, or show it; idempotent. For the patient, médecin traitant or author.

    Raises:
        DocumentNotFound: not there, or not theirs to hide; VisibilityForbidden; Refusal: consent's. All journalled.
    """
    access = Access(ctx, request.patient_id, Act.MODIF_VISIBILITE, document_id=request.document_id)
    permit = access.request_permit(Purpose.SET_VISIBILITY)
    with access.journalled_refusal():
        document = _lock(ctx, permit, request.document_id).document
        if (Visibility.MASQUE_PS in document.visibility) is request.masque_ps:
            return document
        access.about(document)
        masked = with_mask(document, masque_ps=request.masque_ps, rules=ctx.settings.mark_rules, entry_uuid=uuid4())
    return _write(ctx, access, permit, masked)


@handles(Records.archive_document)
def archive_document(ctx: RecordsContext, request: ArchiveDocument) -> Document:
    """Take a document out of the usual lists, or put it back; idempotent.

    Raises:
        As `set_visibility`; DocumentTransitionRefused: a superseded document is in none of them.
    """
    act = Act.ARCHIVAGE_DOCUMENT if request.archived else Act.DESARCHIVAGE_DOCUMENT
    access = Access(ctx, request.patient_id, act, document_id=request.document_id)
    permit = access.request_permit(Purpose.ARCHIVE)
    with access.journalled_refusal():
        document = _lock(ctx, permit, request.document_id).document
        if document.status is (DocumentStatus.ARCHIVED if request.archived else DocumentStatus.CURRENT):
            return document
        access.about(document)
        status = document_after(
            document.status, DocumentAction.ARCHIVE if request.archived else DocumentAction.RESTORE
        )
        moved = changed(document, status=status, entry_uuid=uuid4())
    return _write(ctx, access, permit, moved)


@handles(Records.show_to_patient)
def show_to_patient(ctx: RecordsContext, request: AboutDocument) -> Document:
    """Let the patient see a document before its date, once its author has announced it.

    Raises:
        NotAuthor: somebody else who can see it; DocumentNotFound; Refusal: consent's. All journalled.
    """
    access = Access(ctx, request.patient_id, Act.REMISE_VISIBILITE, document_id=request.document_id)
    stored_document = _lock_own(ctx, access, access.request_permit(Purpose.DELETE), request.document_id)
    if stored_document.document.invisible_until is None:
        return stored_document.document
    visible = shown(stored_document.document, entry_uuid=uuid4())
    # Its journal entries are the patient's to read from now on, this one first.
    access.about(visible)
    ctx.repositories.dates.show(request.patient_id, request.document_id, visible.entry_uuid, ctx.now)
    access.done()
    ctx.events.publish(
        DocumentAppeared(patient_id=request.patient_id, document_id=request.document_id, secret=access.is_secret)
    )
    return visible


@handles(Records.delete_document)
def delete_document(ctx: RecordsContext, request: AboutDocument) -> DeletedDocument:
    """Delete a document for everybody; its bytes are kept until the record is destroyed.

    Raises:
        NotAuthor: somebody who can see it but did not deposit or write it; DocumentNotFound; Refusal: consent's. All
            journalled.
    """
    access = Access(ctx, request.patient_id, Act.SUPPRESSION_DOCUMENT, document_id=request.document_id)
    permit = access.request_permit(Purpose.DELETE)
    stored_document = _lock_own(ctx, access, permit, request.document_id)
    access.about(stored_document.document)
    status = document_after(stored_document.document.status, DocumentAction.DELETE)
    ctx.repositories.documents.change(permit, changed(stored_document.document, status=status, entry_uuid=uuid4()))
    access.done()
    ctx.events.publish(
        DocumentDeleted(
            patient_id=request.patient_id,
            document_id=request.document_id,
            by_patient=ctx.actor.role is Role.PATIENT,
            **access.event_flags,
        )
    )
    return DeletedDocument()


@handles(Records.change_document)
def change_document(ctx: RecordsContext, request: ChangeDocument) -> ChangedDocument:
    """Change a document's marks and state; each change has its own rule and its own journal entry.

    A document named by an identifier alone is DocumentNotFound whatever the refusal is.

    Raises:
        InvalidRequest: nothing, or more than one thing, is named or asked for. DocumentNotFound; what the single
            changes refuse. VersionMoved, ExpectationFailed: only to those who may change it.
    """
    _check_changes(request)
    if request.patient_id is not None and request.document_id is not None:
        return _apply_changes(ctx, request, request.patient_id, request.document_id)
    if request.identifier is None:
        raise InvalidRequest(field="identifier")
    found = ctx.repositories.documents.named(request.identifier, request.patient_id)
    # Two documents of one name in two records: which was meant is not known.
    if len(found) != 1:
        _journal_not_found(ctx)
        raise DocumentNotFound
    try:
        return _apply_changes(ctx, request, *found[0])
    except (Forbidden, Missing):
        raise DocumentNotFound from None


def _check_changes(request: ChangeDocument) -> None:
    is_relabelled = request.labels is not None or request.add_labels or request.drop_labels
    if bool(is_relabelled or request.archived is not None) is request.deleted:
        raise InvalidRequest(field="deleted" if request.deleted else "body")


def _journal_not_found(ctx: RecordsContext) -> None:
    """No document was found, so the entry is about nobody's record."""
    ctx.events.journal(
        JournalEntry.by(
            ctx.actor, PLATFORM, Act.MODIF_VISIBILITE, outcome=Outcome.REFUSED, reason=DocumentNotFound.code
        )
    )


def _apply_changes(
    ctx: RecordsContext, request: ChangeDocument, patient_id: PatientId, document_id: DocumentId
) -> ChangedDocument:
    before = _entry(ctx, patient_id, document_id)
    about = AboutDocument(patient_id=patient_id, document_id=document_id)
    if request.deleted:
        delete_document(ctx, about)
    if request.labels is not None or request.add_labels or request.drop_labels:
        _relabel(ctx, about, before, request)
    if request.archived is not None:
        archive_document(
            ctx, ArchiveDocument(patient_id=patient_id, document_id=document_id, archived=request.archived)
        )
    if before is None:
        raise DocumentNotFound
    # Last, and undone if it fails: who may not change the document must not learn its version or status.
    check_expected(before, request.expected)
    return ChangedDocument(
        patient_id=patient_id, entry=None if request.deleted else _entry(ctx, patient_id, document_id)
    )


def _relabel(
    ctx: RecordsContext, about: AboutDocument, before: DocumentEntry | None, request: ChangeDocument
) -> None:
    is_masked = before is not None and Visibility.MASQUE_PS in before.document.visibility
    # A change of nothing asks for the permit first: who may not change the labels must not learn them.
    _mask(ctx, about, masque_ps=is_masked)
    if before is None:
        return
    marks = marks_after(before, request)
    document = _mask(ctx, about, masque_ps=Visibility.MASQUE_PS in marks)
    check_changeable(document, marks)
    if Visibility.INVISIBLE_PATIENT in document.visibility and Visibility.INVISIBLE_PATIENT not in marks:
        show_to_patient(ctx, about)


def _mask(ctx: RecordsContext, about: AboutDocument, *, masque_ps: bool) -> Document:
    request = SetVisibility(patient_id=about.patient_id, document_id=about.document_id, masque_ps=masque_ps)
    return set_visibility(ctx, request)


def _entry(ctx: RecordsContext, patient_id: PatientId, document_id: DocumentId) -> DocumentEntry | None:
    """The entry without a permit; it is answered to nobody before a permit was given."""
    stored_document = ctx.repositories.deposits.version_on_file(patient_id, str(document_id))
    return stored_document.entry if stored_document else None


def _lock(ctx: RecordsContext, permit: Permit, document_id: DocumentId) -> StoredDocument:
    stored_document = ctx.repositories.documents.get(permit, document_id, locked=True)
    if stored_document is None:
        raise DocumentNotFound
    return stored_document


def _lock_own(ctx: RecordsContext, access: Access, permit: Permit, document_id: DocumentId) -> StoredDocument:
    """A document the actor deposited or wrote.

    Raises:
        NotAuthor: they did neither but can see it. DocumentNotFound: they cannot see it. Both journalled.
    """
    with access.journalled_refusal():
        stored_document = ctx.repositories.documents.get(permit, document_id, locked=True) or _visible(
            ctx, access, permit.patient_id, document_id
        )
        if stored_document is None:
            raise DocumentNotFound
        check_depositor_or_author(stored_document, ctx.actor)
    return stored_document


def _visible(
    ctx: RecordsContext, access: Access, patient_id: PatientId, document_id: DocumentId
) -> StoredDocument | None:
    decision = access.decide(Purpose.READ, superseded=True, archived=True)
    if not decision.allowed:
        return None
    return ctx.repositories.documents.get(permit_from(decision, ctx.actor, patient_id, ctx.now), document_id)


def _write(ctx: RecordsContext, access: Access, permit: Permit, document: Document) -> Document:
    ctx.repositories.documents.change(permit, document)
    access.done()
    ctx.events.publish(
        VisibilityChanged(
            patient_id=permit.patient_id,
            document_id=document.document_id,
            by_patient=ctx.actor.role is Role.PATIENT,
            **access.event_flags,
        )
    )
    return document
