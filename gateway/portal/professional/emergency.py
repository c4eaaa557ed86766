"""Bris de glace: what happens then, and the written reason."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.consent.api import Consent
from contracts.consent.authorisations import OpenEmergency
from contracts.errors.base import Malformed
from contracts.vocabulary import AccessMode, PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.professional.record_view import MODE, UNTIL, RecordView, view_of
from gateway.portal.routes import PROFESSIONAL_FORM, PROFESSIONAL_PAGE
from translations.catalogue import catalogue

_PATH = "/pro/d/{patient_id:uuid}/urgence"
_REASON = "reason"
_TEXTS = catalogue("portal")


@get(_PATH, opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_emergency(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """What a bris de glace does, who is told, how long it lasts."""
    return _page(request, view_of(request, PatientId(patient_id)), "", "")


@post(_PATH, opt=PROFESSIONAL_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def open_emergency(request: ApiRequest, patient_id: PatientInPath) -> Response[Any]:
    """Open it; the record follows, with its banner."""
    view, _ = view_of(request, PatientId(patient_id)), _TEXTS.in_language(language_of(request))
    reason = single_value(await form_of(request), _REASON).replace("\0", "").strip()
    if not reason:
        return _page(request, view, reason, _("emergency.reason_missing"))
    message = OpenEmergency(patient_id=view.patient_id, mode=AccessMode.BRIS_DE_GLACE, reason=reason)
    try:
        opened = await request.call(Consent.open_emergency, message)
    except Malformed as refusal:
        record_refusal(request, refusal, refusal)
        return _page(request, view, reason, text_of(request, refusal))
    query = {MODE: opened.mode.value, UNTIL: str(int(opened.until.timestamp())), "fait": "urgence"}
    return Redirect(f"{view.base}?{urlencode(query)}", status_code=HTTP_303_SEE_OTHER)


def _page(request: ApiRequest, view: RecordView, reason: str, error: str) -> Response[bytes]:
    return render(
        request,
        "professional/emergency",
        status=HTTP_422_UNPROCESSABLE_ENTITY if error else HTTP_200_OK,
        base=view.base,
        fields={_REASON: reason},
        errors={_REASON: error} if error else {},
    )


ROUTES = [show_emergency, open_emergency]
