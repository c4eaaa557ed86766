"""Looking after a document: hiding and showing, archiving, deleting it."""

from uuid import uuid4

from chassis.units import RequestContext
from contracts.consent import Purpose
from contracts.errors import DocumentNotFound
from contracts.records import (
    AboutDocument,
    ArchiveDocument,
    Document,
    DocumentAppeared,
    DocumentDeleted,
    SetVisibility,
    VisibilityChanged,
)
from contracts.vocabulary import Act, DocumentId, DocumentStatus, Role, Visibility
from services.records.domain import Permit, StoredDocument, permit_from
from services.records.domain.deposits import check_wrote
from services.records.domain.lives import DocumentAction, document_after
from services.records.domain.marks import MarkRules, changed, shown, with_mask
from services.records.handlers.access import Access
from services.records.repositories import Repositories


def set_visibility(repositories: Repositories, call: RequestContext[SetVisibility], rules: MarkRules) -> Document:
    """The patient, the médecin traitant or the author; doing it twice is doing it once.

    Raises:
        DocumentNotFound: not there, or not theirs to hide; VisibilityForbidden; Refusal: consent's. All journalled.
    """
    request = call.message
    access = Access(repositories, call, request.patient_id, Act.MODIF_VISIBILITE, document_id=request.document_id)
    permit = access.ask(Purpose.SET_VISIBILITY)
    with access.journalled_refusal():
        document = _found(repositories, permit, request.document_id).document
        if (Visibility.MASQUE_PS in document.visibility) is request.masque_ps:
            return document
        access.about(document)
        masked = with_mask(document, masque_ps=request.masque_ps, rules=rules, entry_uuid=uuid4())
    return _change(repositories, call, access, permit, masked)


def archive_document(repositories: Repositories, call: RequestContext[ArchiveDocument]) -> Document:
    """Out of the usual lists, or back; doing it twice is doing it once.

    Raises:
        As `set_visibility`; DocumentTransitionRefused: a replaced document is out of them already.
    """
    request = call.message
    act = Act.ARCHIVAGE_DOCUMENT if request.archived else Act.DESARCHIVAGE_DOCUMENT
    access = Access(repositories, call, request.patient_id, act, document_id=request.document_id)
    permit = access.ask(Purpose.ARCHIVE)
    with access.journalled_refusal():
        document = _found(repositories, permit, request.document_id).document
        if document.status is (DocumentStatus.ARCHIVED if request.archived else DocumentStatus.CURRENT):
            return document
        access.about(document)
        status = document_after(
            document.status, DocumentAction.ARCHIVE if request.archived else DocumentAction.RESTORE
        )
        moved = changed(document, status=status, entry_uuid=uuid4())
    return _change(repositories, call, access, permit, moved)


def show_to_patient(repositories: Repositories, call: RequestContext[AboutDocument]) -> Document:
    """Its author has announced it: the patient may see it before its date.

    Raises:
        NotAuthor: somebody else who can see it; DocumentNotFound; Refusal: consent's. All journalled.
    """
    request = call.message
    access = Access(repositories, call, request.patient_id, Act.REMISE_VISIBILITE, document_id=request.document_id)
    stored = _own(repositories, call, access, access.ask(Purpose.DELETE), request.document_id)
    if stored.document.invisible_until is None:
        return stored.document
    visible = shown(stored.document, entry_uuid=uuid4())
    # From now on its lines are the patient's to read, this one first of all.
    access.about(visible)
    repositories.dates.show(request.patient_id, request.document_id, visible.entry_uuid, call.now)
    access.granted()
    secret = access.kept_from["secret"]
    call.events.publish(
        DocumentAppeared(patient_id=request.patient_id, document_id=request.document_id, secret=secret)
    )
    return visible


def delete_document(repositories: Repositories, call: RequestContext[AboutDocument]) -> None:
    """Gone for everybody; the bytes are kept until the record is destroyed.

    Raises:
        NotAuthor: somebody who can see it and did not bring it in; DocumentNotFound; Refusal: consent's. All
            journalled.
    """
    request = call.message
    access = Access(repositories, call, request.patient_id, Act.SUPPRESSION_DOCUMENT, document_id=request.document_id)
    permit = access.ask(Purpose.DELETE)
    stored = _own(repositories, call, access, permit, request.document_id)
    access.about(stored.document)
    status = document_after(stored.document.status, DocumentAction.DELETE)
    gone = changed(stored.document, status=status, entry_uuid=uuid4())
    repositories.documents.change(permit, gone)
    access.granted()
    call.events.publish(
        DocumentDeleted(
            patient_id=request.patient_id,
            document_id=request.document_id,
            by_patient=call.actor.role is Role.PATIENT,
            **access.kept_from,
        )
    )


def _own(
    repositories: Repositories,
    call: RequestContext[AboutDocument],
    access: Access,
    permit: Permit,
    document_id: DocumentId,
) -> StoredDocument:
    """The document, which the caller wrote; who can see it learns that they did not, nobody else learns anything."""
    with access.journalled_refusal():
        stored = repositories.documents.get(permit, document_id, locked=True) or _visible(
            repositories, call, access, document_id
        )
        if stored is None:
            raise DocumentNotFound
        check_wrote(stored, call.actor)
    return stored


def _visible(
    repositories: Repositories, call: RequestContext[AboutDocument], access: Access, document_id: DocumentId
) -> StoredDocument | None:
    decision = access.rule(Purpose.READ, superseded=True, archived=True)
    if not decision.allowed:
        return None
    return repositories.documents.get(
        permit_from(decision, call.actor, call.message.patient_id, call.now), document_id
    )


def _found(repositories: Repositories, permit: Permit, document_id: DocumentId) -> StoredDocument:
    stored = repositories.documents.get(permit, document_id, locked=True)
    if stored is None:
        raise DocumentNotFound
    return stored


def _change(
    repositories: Repositories,
    call: RequestContext[SetVisibility] | RequestContext[ArchiveDocument],
    access: Access,
    permit: Permit,
    document: Document,
) -> Document:
    repositories.documents.change(permit, document)
    access.granted()
    call.events.publish(
        VisibilityChanged(
            patient_id=permit.patient_id,
            document_id=document.document_id,
            by_patient=call.actor.role is Role.PATIENT,
            **access.kept_from,
        )
    )
    return document
