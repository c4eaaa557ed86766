"""A record as a professional sees it: who it is about, what the patient allows, the documents."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get

from contracts.errors.base import Forbidden, Refusal
from contracts.errors.request import ConsentMissing, EmergencyNotOpen, InvalidRequest
from contracts.records.api import Records
from contracts.records.documents import DocumentList, ListDocuments
from contracts.vocabulary import PatientId, Section
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.portal.documents_shown import holder_of, row_of
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.live import live_address
from gateway.portal.opening import EXISTS, OPENED
from gateway.portal.pages import render
from gateway.portal.professional.deposit import deposited_in
from gateway.portal.professional.record_view import RecordView, view_of
from gateway.portal.routes import PROFESSIONAL_PAGE
from translations.catalogue import catalogue

_COUNT = 50
_TEXTS = catalogue("portal")


@get("/pro/d/{patient_id:uuid}", opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_record(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """The documents that the professional may see; without access, how to obtain it."""
    view = view_of(request, PatientId(patient_id))
    documents = await _documents(request, view)
    if isinstance(documents, Refusal):
        return _no_access(request, view, documents)
    language = language_of(request)
    return render(
        request,
        "professional/record",
        **_head(view, emergency=documents.emergency),
        holder=holder_of(documents.holder, datetime.now(UTC)),
        section=_section(request),
        documents=[row_of(document, language) for document in documents.documents],
        live=live_address(view.base, documents.page),
        next=documents.next,
        done=_what_was_done(request),
        deposited=deposited_in(request),
    )


async def _documents(request: ApiRequest, view: RecordView) -> DocumentList | Refusal:
    message = ListDocuments(
        patient_id=view.patient_id,
        mode=view.mode,
        section=_section(request),
        count=_COUNT,
        cursor=request.query_params.get("apres") or None,
        holder=True,
        page=True,
    )
    try:
        return await request.call(Records.list_documents, message)
    except Forbidden as refusal:
        return refusal


def _no_access(request: ApiRequest, view: RecordView, refusal: Refusal) -> Response[bytes]:
    state = record_refusal(request, refusal, refusal)
    return render(
        request,
        "professional/no_access",
        status=status_of(refusal),
        **_head(view, emergency=False),
        holder=None,
        documents=(),
        deposited=deposited_in(request),
        refusal_text=text_of(request, refusal),
        done=_what_was_done(request),
        may_declare=isinstance(refusal, ConsentMissing | EmergencyNotOpen),
        trace_id=state.trace_id,
    )


def _head(view: RecordView, *, emergency: bool) -> dict[str, Any]:
    return {
        "base": view.base,
        "query": view.query,
        "emergency": emergency,
        "until": view.until if emergency else None,
    }


def _section(request: ApiRequest) -> Section | None:
    sent = request.query_params.get("rubrique", "")
    try:
        return Section(sent) if sent else None
    except ValueError:
        raise InvalidRequest(field="rubrique") from None


def _what_was_done(request: ApiRequest) -> str:
    """What to say of the act that led here; only an act of this list is named."""
    _ = _TEXTS.in_language(language_of(request))
    done = {
        "autorisation": _("authorisation.done"),
        "urgence": _("emergency.done"),
        OPENED: _("opening.done"),
        EXISTS: _("opening.exists"),
    }
    return done.get(request.query_params.get("fait", ""), "")


ROUTES = [show_record]
