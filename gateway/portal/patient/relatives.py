"""Who else acts on a record: carers with what is shared, legal representatives, and whom its holder helps."""

from dataclasses import dataclass

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.consent.api import Consent
from contracts.consent.authorisations import ListAuthorisations
from contracts.consent.carers import AboutInvitation, ListCarers, Profile
from contracts.consent.representations import EvidenceKind, RepresentationRequest
from contracts.vocabulary import Capacity, PatientId
from gateway.api.carers import InvitationInPath
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.last_act import clear_last_act, last_act, last_act_cookie
from gateway.portal.patient.profiles import list_profiles, name_of
from gateway.portal.patient.record_view import RECORD, base_of, record_page, together
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE
from gateway.request_state import request_state_of
from translations.catalogue import catalogue

PATH = f"{RECORD}/proches"
_WITHDRAWAL = f"{PATH}/invitations/{{invitation_id:uuid}}/retrait"
_WITHDRAWN = "retiree"
_TEXTS = catalogue("portal")
_EVIDENCE = _TEXTS.of_codes("relatives.evidence.{}", EvidenceKind)
_CAPACITIES = _TEXTS.of_codes(
    "relatives.capacity.{}", (Capacity.REPRESENTANT_LEGAL, Capacity.AIDANT, Capacity.AYANT_DROIT)
)


@dataclass(frozen=True)
class RequestRow:
    """A waiting request about a representative, and what proves it in words."""

    request: RepresentationRequest
    evidence: str


@get(PATH, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_relatives(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """Requests that wait first; whom the holder helps only on the holder's own page: each of those reads of it."""
    record, language = PatientId(patient_id), language_of(request)
    is_own = is_own_record(request, record)
    (carers, decisions), helped = await together(
        together(
            request.call(Consent.list_carers, ListCarers(patient_id=record)),
            request.call(Consent.list_authorisations, ListAuthorisations(patient_id=record)),
        ),
        list_profiles(request) if is_own else _nobody(),
    )
    page = record_page(
        request,
        record,
        "patient/relatives",
        carers=carers,
        representatives=decisions.representatives,
        requests=[
            RequestRow(each, _EVIDENCE.text(each.evidence_kind, language))
            for each in decisions.representation_requests
        ],
        heirs_opposed=decisions.heirs_opposed,
        helped=[(each, name_of(each), _CAPACITIES.text(each.capacity, language)) for each in helped],
        is_own=is_own,
        caller=caller_of(request),
        is_withdrawn=last_act(request, record, 1) == (_WITHDRAWN,),
    )
    return clear_last_act(request, page)


@post(_WITHDRAWAL, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def withdraw(request: ApiRequest, patient_id: PatientInPath, invitation_id: InvitationInPath) -> Redirect:
    """Withdraw an invitation that nobody has accepted: its code is worth nothing any more."""
    record = PatientId(patient_id)
    message = AboutInvitation(patient_id=record, invitation_id=invitation_id)
    await request.call(Consent.withdraw_invitation, message)
    cookie = last_act_cookie(request, record, _WITHDRAWN)
    return Redirect(f"{base_of(record)}/proches", status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


def caller_of(request: ApiRequest) -> str:
    """The patient id of who is logged in."""
    actor = request_state_of(request.scope).actor
    return actor.subject if actor else ""


def is_own_record(request: ApiRequest, record: PatientId) -> bool:
    """Whether the page is of the record of who is logged in."""
    return caller_of(request) == str(record)


async def _nobody() -> tuple[Profile, ...]:
    return ()


ROUTES = [show_relatives, withdraw]
