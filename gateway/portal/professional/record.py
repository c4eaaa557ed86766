"""A record as a professional sees it: who it is about, what the patient allows, the documents."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.errors.base import Forbidden, Refusal
from contracts.errors.request import ConsentMissing, EmergencyNotOpen, InvalidRequest
from contracts.records.api import Records
from contracts.records.documents import DocumentList, ListDocuments
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.forms import form_of, single_value
from gateway.portal.documents_shown import holder_of
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.live import live_address
from gateway.portal.opening import EXISTS, OPENED
from gateway.portal.pages import render
from gateway.portal.professional.deposit import deposited_in
from gateway.portal.professional.document_list import choice_of, choices, groups_of
from gateway.portal.professional.record_view import RecordView, view_of
from gateway.portal.routes import PROFESSIONAL_FORM, PROFESSIONAL_PAGE
from translations.catalogue import catalogue

_COUNT = 50
_SEARCH = "/pro/d/{patient_id:uuid}/recherche"
_WORDS, _CURSOR = "mots", "apres"
_LONGEST = 100
_TEXTS = catalogue("portal")


@get("/pro/d/{patient_id:uuid}", opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_record(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """The documents that the professional may see, first what is new to them; without access, how to obtain it."""
    view = view_of(request, PatientId(patient_id))
    chosen = choice_of(request, view)
    if deposited_in(request):
        # What one deposited is not new to oneself.
        chosen = replace(chosen, shows_all=True)
    message = _message(view, section=chosen.section, cursor=chosen.cursor, visit=True, new_only=chosen.new_only)
    documents = await _documents(request, message)
    if isinstance(documents, Refusal):
        return _no_access(request, view, documents)
    language = language_of(request)
    return render(
        request,
        "professional/record",
        **_head(view, documents),
        **_listed(documents, language, by_submission=chosen.by_submission),
        choices=choices(chosen, documents, language),
        chosen=chosen,
        other_order=replace(chosen, by_submission=not chosen.by_submission, cursor=None).address,
        more=replace(chosen, cursor=documents.next).address if documents.next else "",
        done=_what_was_done(request),
        deposited=deposited_in(request),
        words="",
        error="",
    )


@post(_SEARCH, opt=PROFESSIONAL_FORM, status_code=HTTP_200_OK, **PAGE_ROUTE)
async def search_documents(request: ApiRequest, patient_id: PatientInPath) -> Response[Any]:
    """The documents with these words, which are in no address: they say what the patient is treated for."""
    view, sent = view_of(request, PatientId(patient_id)), await form_of(request)
    words = single_value(sent, _WORDS).strip()
    if not words:
        return Redirect(f"{view.base}{view.query}", status_code=HTTP_303_SEE_OTHER)
    message = _message(view, words=words[: _LONGEST + 1], cursor=single_value(sent, _CURSOR) or None, visit=True)
    error = ""
    try:
        documents = await _documents(request, message)
    except InvalidRequest as refusal:
        if refusal.details.get("field") != "words":
            raise
        record_refusal(request, refusal, refusal)
        _ = _TEXTS.in_language(language_of(request))
        error = _("record.words_wrong")
        documents = await _documents(request, _message(view, visit=True))
    if isinstance(documents, Refusal):
        return _no_access(request, view, documents)
    return _search_page(request, view, documents, words, error)


@get(_SEARCH, opt=PROFESSIONAL_PAGE, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def show_all_again(request: ApiRequest, patient_id: PatientInPath) -> Redirect:
    """The record, for who changes the language of a search."""
    view = view_of(request, PatientId(patient_id))
    return Redirect(f"{view.base}{view.query}", status_code=HTTP_303_SEE_OTHER)


def _search_page(
    request: ApiRequest, view: RecordView, documents: DocumentList, words: str, error: str
) -> Response[bytes]:
    return render(
        request,
        "professional/record",
        status=HTTP_422_UNPROCESSABLE_ENTITY if error else HTTP_200_OK,
        **_head(view, documents),
        **_listed(documents, language_of(request), by_submission=False),
        choices=[],
        chosen=None,
        other_order="",
        more="",
        done="",
        deposited=frozenset(),
        words=words,
        error=error,
    )


def _listed(documents: DocumentList, language: str, *, by_submission: bool) -> dict[str, Any]:
    groups = groups_of(documents, language, by_submission=by_submission)
    return {"groups": groups, "documents": [row for group in groups for row in group.rows], "found": documents}


def _message(view: RecordView, **more: Any) -> ListDocuments:
    return ListDocuments(
        patient_id=view.patient_id, mode=view.mode, count=_COUNT, holder=True, counts=True, page=True, **more
    )


async def _documents(request: ApiRequest, message: ListDocuments) -> DocumentList | Refusal:
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
        base=view.base,
        query=view.query,
        emergency=False,
        until=None,
        holder=None,
        documents=(),
        deposited=deposited_in(request),
        refusal_text=text_of(request, refusal),
        done=_what_was_done(request),
        may_declare=isinstance(refusal, ConsentMissing | EmergencyNotOpen),
        trace_id=state.trace_id,
    )


def _head(view: RecordView, documents: DocumentList) -> dict[str, Any]:
    return {
        "base": view.base,
        "query": view.query,
        "emergency": documents.emergency,
        "until": view.until if documents.emergency else None,
        "holder": holder_of(documents.holder, datetime.now(UTC)),
        "live": live_address(view.base, documents.page),
    }


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


ROUTES = [show_record, search_documents, show_all_again]
