"""The first page of a record for its holder: what is new."""

from uuid import UUID

from litestar import Response, get
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.request import TokenMissing
from contracts.records.api import Records
from contracts.records.documents import ListDocuments
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.portal.documents_shown import row_of
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.live import live_address
from gateway.portal.pages import render
from gateway.portal.patient.record_view import RECORD, base_of, frame_of
from gateway.portal.routes import PATIENT_PAGE, PATIENT_SITE
from gateway.request_state import request_state_of

_NEWEST = 3


@get(PATIENT_SITE, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def go_home(request: ApiRequest) -> Redirect:
    """The holder's own record."""
    actor = request_state_of(request.scope).actor
    if actor is None:
        raise TokenMissing
    return Redirect(base_of(PatientId(UUID(actor.subject))), status_code=HTTP_303_SEE_OTHER)


@get(RECORD, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_home(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """The newest documents."""
    record = PatientId(patient_id)
    found = await request.call(Records.list_documents, ListDocuments(patient_id=record, count=_NEWEST, page=True))
    language = language_of(request)
    rows = [row_of(document, language) for document in found.documents]
    live = live_address(base_of(record), found.page)
    return render(request, "patient/home", rows=rows, live=live, **frame_of(request, record))


ROUTES = [go_home, show_home]
