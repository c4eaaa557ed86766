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
from services.records.domain.labels import check_expected, marks_after
from services.records.domain.marks import MarkRules, check_changeable
from services.records.handlers.keeping import archive_document, delete_document, set_visibility, show_to_patient
from services.records.repositories import Repositories


def change_document(repositories: Repositories, call: RequestContext[ChangeDocument], rules: MarkRules) -> Changed:
    """Change a document's marks and state, each change under its own rule and with its own line.

    Raises:
        InvalidRequest: nothing, or more than one thing, is named or asked for. DocumentNotFound; what the single
            changes refuse. VersionMoved, ExpectationFailed: told only to those who may change it.
    """
    request = call.message
    _check_asked(request)
    if request.patient_id is not None and request.document_id is not None:
        return _change(repositories, call, rules, request.patient_id, request.document_id)
    if request.identifier is None:
        raise InvalidRequest(field="identifier")
    found = repositories.documents.named(request.identifier, request.patient_id)
    # Two documents of one name in two records: nobody can say which was meant.
    if len(found) != 1:
        call.events.journal(_nowhere(call))
        raise DocumentNotFound
    try:
        return _change(repositories, call, rules, *found[0])
    except (Forbidden, Missing):
        raise DocumentNotFound from None


def _check_asked(request: ChangeDocument) -> None:
    others = request.labels is not None or request.add_labels or request.drop_labels or request.archived is not None
    if bool(others) is request.deleted:
        raise InvalidRequest(field="deleted" if request.deleted else "body")


def _nowhere(call: RequestContext[ChangeDocument]) -> JournalEntry:
    """The line of a change that found no document, and so is about nobody's record."""
    return JournalEntry.by(
        call.actor, PLATFORM, Act.MODIF_VISIBILITE, outcome=Outcome.REFUSED, reason=DocumentNotFound.code
    )


def _change(
    repositories: Repositories,
    call: RequestContext[ChangeDocument],
    rules: MarkRules,
    patient_id: PatientId,
    document_id: DocumentId,
) -> Changed:
    request, before = call.message, _entry(repositories, patient_id, document_id)
    about = call.with_message(AboutDocument(patient_id=patient_id, document_id=document_id), call.event_id)
    if request.deleted:
        delete_document(repositories, about)
    if request.labels is not None or request.add_labels or request.drop_labels:
        _relabel(repositories, about, rules, before, request)
    if request.archived is not None:
        archive = ArchiveDocument(patient_id=patient_id, document_id=document_id, archived=request.archived)
        archive_document(repositories, call.with_message(archive, call.event_id))
    if before is None:
        raise DocumentNotFound
    # Last, and undone if it fails: how a document stands is not for those who may not change it.
    check_expected(before, request.expected)
    return Changed(
        patient_id=patient_id, entry=None if request.deleted else _entry(repositories, patient_id, document_id)
    )


def _relabel(
    repositories: Repositories,
    call: RequestContext[AboutDocument],
    rules: MarkRules,
    before: Entry | None,
    request: ChangeDocument,
) -> None:
    is_masked = before is not None and Visibility.MASQUE_PS in before.document.visibility
    # Leave first: what labels a document bears is not for those who may not change them.
    _mask(repositories, call, rules, masque_ps=is_masked)
    if before is None:
        return
    marks = marks_after(before, request)
    document = _mask(repositories, call, rules, masque_ps=Visibility.MASQUE_PS in marks)
    check_changeable(document, marks)
    if Visibility.INVISIBLE_PATIENT in document.visibility and Visibility.INVISIBLE_PATIENT not in marks:
        show_to_patient(repositories, call)


def _mask(
    repositories: Repositories, call: RequestContext[AboutDocument], rules: MarkRules, *, masque_ps: bool
) -> Document:
    about = call.message
    request = SetVisibility(patient_id=about.patient_id, document_id=about.document_id, masque_ps=masque_ps)
    return set_visibility(repositories, call.with_message(request, call.event_id), rules)


def _entry(repositories: Repositories, patient_id: PatientId, document_id: DocumentId) -> Entry | None:
    """One document, which nobody is told of before leave was given."""
    stored = repositories.deposits.version_on_file(patient_id, str(document_id))
    return stored.entry if stored else None
