"""Hiding a document from professionals, and showing it again."""

from uuid import uuid4

from chassis.units import Call
from contracts.consent import Purpose
from contracts.errors import DocumentNotFound
from contracts.records import Document, SetVisibility, VisibilityChanged
from contracts.vocabulary import Act, Role
from services.records.actions.access import Access
from services.records.domain import with_visibility
from services.records.store import RecordStore


def set_visibility(store: RecordStore, call: Call[SetVisibility]) -> Document:
    """The patient, the médecin traitant or the author; doing it twice is doing it once.

    Raises:
        DocumentNotFound: not there, or not theirs to hide; Refusal: consent's. All journalled.
    """
    asked = call.message
    access = Access(store, call, asked.patient_id, Act.MODIF_VISIBILITE, document_id=asked.document_id)
    leave = access.ask(Purpose.SET_VISIBILITY)
    with access.journalled_refusal():
        filed = store.get(leave, asked.document_id, locked=True)
        if filed is None:
            raise DocumentNotFound
    changed = with_visibility(filed.document, masque_ps=asked.masque_ps, entry_uuid=uuid4())
    if changed.visibility == filed.document.visibility:
        return filed.document
    store.change_visibility(leave, changed)
    access.granted()
    by_patient = call.actor.role is Role.PATIENT
    call.news.publish(
        VisibilityChanged(patient_id=asked.patient_id, document_id=asked.document_id, by_patient=by_patient)
    )
    return changed
