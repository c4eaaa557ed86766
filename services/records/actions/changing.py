"""Several changes of one document at once; of one known by an identifier only, every no is the same no."""

from chassis.units import RequestContext
from contracts.audit import JournalEntry
from contracts.errors import DocumentNotFound, Forbidden, InvalidRequest, Missing
from contracts.records import (
    AboutDocument,
    ArchiveDocument,
    Changed,
    ChangeDocument,
    Document,
    Entry,
    SetVisibility,
)
from contracts.vocabulary import PLATFORM, Act, DocumentId, Outcome, PatientId, Visibility
from services.records.actions.keeping import archive_document, delete_document, set_visibility, show_to_patient
from services.records.domain.labels import check_expected, marks_after
from services.records.domain.marks import MarkRules, check_changeable
from services.records.store import Cellar


def change_document(cellar: Cellar, call: RequestContext[ChangeDocument], rules: MarkRules) -> Changed:
    """Change a document's marks and state, each change under its own rule and with its own line.

    Raises:
        InvalidRequest: nothing, or more than one thing, is named or asked for. DocumentNotFound; what the single
            changes refuse. VersionMoved, ExpectationFailed: told only to those who may change it.
    """
    asked = call.message
    _check_asked(asked)
    if asked.patient_id is not None and asked.document_id is not None:
        return _change(cellar, call, rules, asked.patient_id, asked.document_id)
    if asked.identifier is None:
        raise InvalidRequest(field="identifier")
    found = cellar.documents.named(asked.identifier, asked.patient_id)
    # Two documents of one name in two records: nobody can say which was meant.
    if len(found) != 1:
        call.events.journal(_nowhere(call))
        raise DocumentNotFound
    try:
        return _change(cellar, call, rules, *found[0])
    except (Forbidden, Missing):
        raise DocumentNotFound from None


def _check_asked(asked: ChangeDocument) -> None:
    others = asked.labels is not None or asked.add_labels or asked.drop_labels or asked.archived is not None
    if bool(others) is asked.deleted:
        raise InvalidRequest(field="deleted" if asked.deleted else "body")


def _nowhere(call: RequestContext[ChangeDocument]) -> JournalEntry:
    """The line of a change that found no document, and so is about nobody's record."""
    return JournalEntry.by(
        call.actor, PLATFORM, Act.MODIF_VISIBILITE, outcome=Outcome.REFUSED, reason=DocumentNotFound.code
    )


def _change(
    cellar: Cellar,
    call: RequestContext[ChangeDocument],
    rules: MarkRules,
    patient_id: PatientId,
    document_id: DocumentId,
) -> Changed:
    asked, before = call.message, _entry(cellar, patient_id, document_id)
    about = call.with_message(AboutDocument(patient_id=patient_id, document_id=document_id), call.event_id)
    if asked.deleted:
        delete_document(cellar, about)
    if asked.labels is not None or asked.add_labels or asked.drop_labels:
        _relabel(cellar, about, rules, before, asked)
    if asked.archived is not None:
        archive = ArchiveDocument(patient_id=patient_id, document_id=document_id, archived=asked.archived)
        archive_document(cellar, call.with_message(archive, call.event_id))
    if before is None:
        raise DocumentNotFound
    # Last, and undone if it fails: how a document stands is not for those who may not change it.
    check_expected(before, asked.expected)
    return Changed(patient_id=patient_id, entry=None if asked.deleted else _entry(cellar, patient_id, document_id))


def _relabel(
    cellar: Cellar, call: RequestContext[AboutDocument], rules: MarkRules, before: Entry | None, asked: ChangeDocument
) -> None:
    is_masked = before is not None and Visibility.MASQUE_PS in before.document.visibility
    # Leave first: what labels a document bears is not for those who may not change them.
    _mask(cellar, call, rules, masque_ps=is_masked)
    if before is None:
        return
    marks = marks_after(before, asked)
    document = _mask(cellar, call, rules, masque_ps=Visibility.MASQUE_PS in marks)
    check_changeable(document, marks)
    if Visibility.INVISIBLE_PATIENT in document.visibility and Visibility.INVISIBLE_PATIENT not in marks:
        show_to_patient(cellar, call)


def _mask(cellar: Cellar, call: RequestContext[AboutDocument], rules: MarkRules, *, masque_ps: bool) -> Document:
    about = call.message
    asked = SetVisibility(patient_id=about.patient_id, document_id=about.document_id, masque_ps=masque_ps)
    return set_visibility(cellar, call.with_message(asked, call.event_id), rules)


def _entry(cellar: Cellar, patient_id: PatientId, document_id: DocumentId) -> Entry | None:
    """One document, which nobody is told of before leave was given."""
    filed = cellar.deposits.version_on_file(patient_id, str(document_id))
    return filed.entry if filed else None
