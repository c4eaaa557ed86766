"""The first page of a record: what is new, who looked, and the ways to the other pages."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.audit import Audit, Journal, ReadJournal
from contracts.errors.request import RecordNotActive, TokenMissing
from contracts.notify import ListNotices, Notify
from contracts.records.api import Records
from contracts.records.documents import DocumentList, ListDocuments
from contracts.vocabulary import Outcome, PatientId, Role
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.portal.documents_shown import NEW_DAYS, is_new, row_of
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.live import live_address
from gateway.portal.patient.profiles import ShownProfile, profile_of
from gateway.portal.patient.readers_shown import READINGS, readings_in
from gateway.portal.patient.record_view import RECORD, base_of, record_page, together
from gateway.portal.person_names import first_name
from gateway.portal.routes import PATIENT_PAGE, PATIENT_SITE
from gateway.request_state import request_state_of

_LISTED, _SHOWN, _LINES = 50, 3, 60


@get(PATIENT_SITE, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def go_home(request: ApiRequest) -> Redirect:
    """The reader's own record."""
    actor = request_state_of(request.scope).actor
    if actor is None:
        raise TokenMissing
    return Redirect(base_of(PatientId(UUID(actor.subject))), status_code=HTTP_303_SEE_OTHER)


@get(RECORD, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_home(request: ApiRequest, patient_id: PatientInPath) -> Response[Any]:
    """The newest documents, who looked last, the number of unread notices; of a closed record, how to reopen it."""
    record = PatientId(patient_id)
    profile = await profile_of(request, record)
    try:
        documents, journal, unread = await _ask(request, profile)
    except RecordNotActive:
        if not profile.may_manage:
            raise
        return Redirect(f"{base_of(record)}/dossier", status_code=HTTP_303_SEE_OTHER)
    return _page(request, profile, documents, journal, unread)


async def _ask(request: ApiRequest, profile: ShownProfile) -> tuple[DocumentList, Journal | None, int]:
    documents = ListDocuments(
        patient_id=profile.patient_id, count=_LISTED, holder=profile.is_own, counts=True, page=True
    )
    if not profile.may_manage:
        return await request.call(Records.list_documents, documents), None, 0
    lines = ReadJournal(
        patient_id=profile.patient_id,
        count=_LINES,
        acts=READINGS,
        outcome=Outcome.ALLOWED,
        roles=(Role.PROFESSIONAL,),
    )
    notices = ListNotices(patient_id=profile.patient_id, count=1)
    (found, journal), listed = await together(
        together(request.call(Records.list_documents, documents), request.call(Audit.read_journal, lines)),
        request.call(Notify.list_notices, notices),
    )
    return found, journal, listed.unread


def _page(
    request: ApiRequest, profile: ShownProfile, documents: DocumentList, journal: Journal | None, unread: int
) -> Response[bytes]:
    language, now = language_of(request), datetime.now(UTC)
    rows = [row_of(document, language) for document in documents.documents]
    new = {document.document_id for document in documents.documents if is_new(document, now)}
    # First what is new, however old it says it is: the list is by the date that a document states.
    rows.sort(key=lambda row: row.document.document_id not in new)
    return record_page(
        request,
        profile.patient_id,
        "patient/home",
        unread=unread,
        live=live_address(base_of(profile.patient_id), documents.page),
        rows=rows[:_SHOWN],
        new=new,
        new_days=NEW_DAYS,
        count=sum(documents.counts.values()),
        greeted=first_name(documents.holder.traits.given_names) if documents.holder else "",
        readings=None if journal is None else readings_in(journal.lines, language)[:_SHOWN],
    )


ROUTES = [go_home, show_home]
