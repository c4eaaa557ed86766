"""The patient, who is present, authorises the professional: declared with the carte Vitale."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.consent.api import Consent
from contracts.consent.authorisations import DeclareAuthorisation
from contracts.errors.base import Malformed, Unauthenticated
from contracts.errors.request import TokenInvalid, TokenMissing
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.professional.record_view import RecordView, view_of
from gateway.portal.routes import PROFESSIONAL_FORM, PROFESSIONAL_PAGE
from translations.catalogue import catalogue

_PATH = "/pro/d/{patient_id:uuid}/autorisation"
_PROOF = "vitale_proof"
_TEXTS = catalogue("portal")


@get(_PATH, opt=PROFESSIONAL_PAGE, **PAGE_ROUTE)
async def show_declaration(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """What to ask the patient, and the field for the card's proof."""
    return _page(request, view_of(request, PatientId(patient_id)), "", "")


@post(_PATH, opt=PROFESSIONAL_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def declare(request: ApiRequest, patient_id: PatientInPath) -> Response[Any]:
    """Declare the patient's consent."""
    view, _ = view_of(request, PatientId(patient_id)), _TEXTS.in_language(language_of(request))
    proof = single_value(await form_of(request), _PROOF).strip()
    if not proof:
        return _page(request, view, proof, _("authorisation.proof_missing"))
    try:
        await request.call(
            Consent.declare_authorisation, DeclareAuthorisation(patient_id=view.patient_id, vitale_proof=proof)
        )
    except (TokenMissing, TokenInvalid):
        raise
    except (Malformed, Unauthenticated) as refusal:
        record_refusal(request, refusal, refusal)
        return _page(request, view, proof, text_of(request, refusal))
    return Redirect(f"{view.base}?fait=autorisation", status_code=HTTP_303_SEE_OTHER)


def _page(request: ApiRequest, view: RecordView, proof: str, error: str) -> Response[bytes]:
    return render(
        request,
        "professional/authorisation",
        status=HTTP_422_UNPROCESSABLE_ENTITY if error else HTTP_200_OK,
        base=view.base,
        fields={_PROOF: proof},
        errors={_PROOF: error} if error else {},
    )


ROUTES = [show_declaration, declare]
