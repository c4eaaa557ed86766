"""Several changes of one document at once; of one known by an identifier only, every no is the same no."""

from chassis.units import Call
from contracts.audit import JournalEntry
from contracts.errors import DocumentNotFound, Forbidden, InvalidRequest, Missing
from contracts.records import (
    AboutDocument,
    ArchiveDocument,
    Changed,
    ChangeDocument,
    Entry,
    SetVisibility,
)
from contracts.vocabulary import PLATFORM, Act, DocumentId, Outcome, PatientId, Visibility
from services.records.actions.keeping import archive_document, delete_document, set_visibility, show_to_patient
from services.records.domain.marks import MarkRules, check_changeable
from services.records.store import Cellar


def change_document(cellar: Cellar, call: Call[ChangeDocument], rules: MarkRules) -> Changed:
    """Change a document's marks and state, each change under its own rule and with its own line.

    Raises:
        InvalidRequest: nothing, or more than one thing, is named. DocumentNotFound; what the single changes refuse.
    """
    asked = call.message
    if asked.deleted and (asked.marks is not None or asked.archived is not None):
        raise InvalidRequest(field="deleted")
    if asked.patient_id is not None and asked.document_id is not None:
        return _change(cellar, call, rules, asked.patient_id, asked.document_id)
    if asked.identifier is None:
        raise InvalidRequest(field="identifier")
    found = cellar.documents.named(asked.identifier, asked.patient_id)
    # Two documents of one name in two records: nobody can say which was meant.
    if len(found) != 1:
        call.news.journal(_nowhere(call))
        raise DocumentNotFound
    try:
        return _change(cellar, call, rules, *found[0])
    except (Forbidden, Missing):
        raise DocumentNotFound from None


def _nowhere(call: Call[ChangeDocument]) -> JournalEntry:
    """The line of a change that found no document, and so is about nobody's record."""
    return JournalEntry.by(
        call.actor, PLATFORM, Act.MODIF_VISIBILITE, outcome=Outcome.REFUSED, reason=DocumentNotFound.code
    )


def _change(
    cellar: Cellar, call: Call[ChangeDocument], rules: MarkRules, patient_id: PatientId, document_id: DocumentId
) -> Changed:
    asked = call.message
    about = call.with_message(AboutDocument(patient_id=patient_id, document_id=document_id), call.event_id)
    if asked.deleted:
        delete_document(cellar, about)
        return Changed()
    if asked.marks is not None:
        _mark(cellar, about, rules, frozenset(asked.marks))
    if asked.archived is not None:
        archive = ArchiveDocument(patient_id=patient_id, document_id=document_id, archived=asked.archived)
        archive_document(cellar, call.with_message(archive, call.event_id))
    return Changed(entry=_entry(cellar, patient_id, document_id))


def _mark(cellar: Cellar, call: Call[AboutDocument], rules: MarkRules, marks: frozenset[Visibility]) -> None:
    about = call.message
    masking = SetVisibility(
        patient_id=about.patient_id, document_id=about.document_id, masque_ps=Visibility.MASQUE_PS in marks
    )
    document = set_visibility(cellar, call.with_message(masking, call.event_id), rules)
    check_changeable(document, marks)
    if Visibility.INVISIBLE_PATIENT in document.visibility and Visibility.INVISIBLE_PATIENT not in marks:
        show_to_patient(cellar, call)


def _entry(cellar: Cellar, patient_id: PatientId, document_id: DocumentId) -> Entry | None:
    """What the caller has just changed, and so may see."""
    filed = cellar.deposits.version_on_file(patient_id, str(document_id))
    return filed.entry if filed else None
