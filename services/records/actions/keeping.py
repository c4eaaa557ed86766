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
from services.records.actions.access import Access
from services.records.domain import Filed, Permit, permit
from services.records.domain.deposits import check_wrote
from services.records.domain.lives import DocumentDeed, document_after
from services.records.domain.marks import MarkRules, changed, shown, with_mask
from services.records.store import Cellar


def set_visibility(cellar: Cellar, call: RequestContext[SetVisibility], rules: MarkRules) -> Document:
    """The patient, the médecin traitant or the author; doing it twice is doing it once.

    Raises:
        DocumentNotFound: not there, or not theirs to hide; VisibilityForbidden; Refusal: consent's. All journalled.
    """
    asked = call.message
    access = Access(cellar, call, asked.patient_id, Act.MODIF_VISIBILITE, document_id=asked.document_id)
    leave = access.ask(Purpose.SET_VISIBILITY)
    with access.journalled_refusal():
        document = _found(cellar, leave, asked.document_id).document
        if (Visibility.MASQUE_PS in document.visibility) is asked.masque_ps:
            return document
        access.about(document)
        masked = with_mask(document, masque_ps=asked.masque_ps, rules=rules, entry_uuid=uuid4())
    return _change(cellar, call, access, leave, masked)


def archive_document(cellar: Cellar, call: RequestContext[ArchiveDocument]) -> Document:
    """Out of the usual lists, or back; doing it twice is doing it once.

    Raises:
        As `set_visibility`; DocumentTransitionRefused: a replaced document is out of them already.
    """
    asked = call.message
    act = Act.ARCHIVAGE_DOCUMENT if asked.archived else Act.DESARCHIVAGE_DOCUMENT
    access = Access(cellar, call, asked.patient_id, act, document_id=asked.document_id)
    leave = access.ask(Purpose.ARCHIVE)
    with access.journalled_refusal():
        document = _found(cellar, leave, asked.document_id).document
        if document.status is (DocumentStatus.ARCHIVED if asked.archived else DocumentStatus.CURRENT):
            return document
        access.about(document)
        status = document_after(document.status, DocumentDeed.ARCHIVE if asked.archived else DocumentDeed.RESTORE)
        moved = changed(document, status=status, entry_uuid=uuid4())
    return _change(cellar, call, access, leave, moved)


def show_to_patient(cellar: Cellar, call: RequestContext[AboutDocument]) -> Document:
    """Its author has announced it: the patient may see it before its date.

    Raises:
        NotAuthor: somebody else who can see it; DocumentNotFound; Refusal: consent's. All journalled.
    """
    asked = call.message
    access = Access(cellar, call, asked.patient_id, Act.REMISE_VISIBILITE, document_id=asked.document_id)
    filed = _own(cellar, call, access, access.ask(Purpose.DELETE), asked.document_id)
    if filed.document.invisible_until is None:
        return filed.document
    visible = shown(filed.document, entry_uuid=uuid4())
    # From now on its lines are the patient's to read, this one first of all.
    access.about(visible)
    cellar.dates.show(asked.patient_id, asked.document_id, visible.entry_uuid, call.now)
    access.granted()
    secret = access.kept_from["secret"]
    call.events.publish(DocumentAppeared(patient_id=asked.patient_id, document_id=asked.document_id, secret=secret))
    return visible


def delete_document(cellar: Cellar, call: RequestContext[AboutDocument]) -> None:
    """Gone for everybody; the bytes are kept until the record is destroyed.

    Raises:
        NotAuthor: somebody who can see it and did not bring it in; DocumentNotFound; Refusal: consent's. All
            journalled.
    """
    asked = call.message
    access = Access(cellar, call, asked.patient_id, Act.SUPPRESSION_DOCUMENT, document_id=asked.document_id)
    leave = access.ask(Purpose.DELETE)
    filed = _own(cellar, call, access, leave, asked.document_id)
    access.about(filed.document)
    status = document_after(filed.document.status, DocumentDeed.DELETE)
    gone = changed(filed.document, status=status, entry_uuid=uuid4())
    cellar.documents.change(leave, gone)
    access.granted()
    call.events.publish(
        DocumentDeleted(
            patient_id=asked.patient_id,
            document_id=asked.document_id,
            by_patient=call.actor.role is Role.PATIENT,
            **access.kept_from,
        )
    )


def _own(
    cellar: Cellar, call: RequestContext[AboutDocument], access: Access, leave: Permit, document_id: DocumentId
) -> Filed:
    """The document, which the caller wrote; who can see it learns that they did not, nobody else learns anything."""
    with access.journalled_refusal():
        filed = cellar.documents.get(leave, document_id, locked=True) or _visible(cellar, call, access, document_id)
        if filed is None:
            raise DocumentNotFound
        check_wrote(filed, call.actor)
    return filed


def _visible(
    cellar: Cellar, call: RequestContext[AboutDocument], access: Access, document_id: DocumentId
) -> Filed | None:
    decision = access.rule(Purpose.READ, superseded=True, archived=True)
    if not decision.allowed:
        return None
    return cellar.documents.get(permit(decision, call.actor, call.message.patient_id, call.now), document_id)


def _found(cellar: Cellar, leave: Permit, document_id: DocumentId) -> Filed:
    filed = cellar.documents.get(leave, document_id, locked=True)
    if filed is None:
        raise DocumentNotFound
    return filed


def _change(
    cellar: Cellar,
    call: RequestContext[SetVisibility] | RequestContext[ArchiveDocument],
    access: Access,
    leave: Permit,
    document: Document,
) -> Document:
    cellar.documents.change(leave, document)
    access.granted()
    call.events.publish(
        VisibilityChanged(
            patient_id=leave.patient_id,
            document_id=document.document_id,
            by_patient=call.actor.role is Role.PATIENT,
            **access.kept_from,
        )
    )
    return document
