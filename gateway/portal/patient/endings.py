"""Acts about relatives that are told to others and cannot be undone: what happens is said first, and again after."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from contracts.api import Method
from contracts.consent.api import Consent
from contracts.consent.carers import AboutCarer
from contracts.consent.representations import AboutRepresentationRequest, AboutRepresentative
from contracts.errors.base import Missing, Refusal
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.patient.record_view import RECORD, base_of, frame_of
from gateway.portal.patient.relatives import caller_of
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE
from translations.catalogue import catalogue

_PATH = f"{RECORD}/proches/{{person_id:uuid}}/{{act:str}}"
_TEXTS = catalogue("portal")
_DONE = "fait"

PersonInPath = Annotated[UUID, PathParameter(description="L'aidant ou le représentant · The carer or representative")]


class RelativeAct(StrEnum):
    """What each page is about, as the end of its address."""

    END_CARER = "fin-aidant"
    STOP_HELPING = "ne-plus-aider"
    STOP_REPRESENTING = "ne-plus-representer"
    CONTEST_NAMING = "contester"
    CONTEST_ENDING = "contester-la-fin"


_TITLES = _TEXTS.of_codes("endings.title.{}", RelativeAct)
_EFFECTS = _TEXTS.of_codes("endings.effect.{}", RelativeAct)
_INFORMED = _TEXTS.of_codes("endings.told.{}", RelativeAct)
_LASTS = _TEXTS.of_codes("endings.lasts.{}", RelativeAct)
_DONES = _TEXTS.of_codes("endings.done.{}", RelativeAct)


ActInPath = Annotated[RelativeAct, PathParameter(description="L'acte · The act")]


@dataclass(frozen=True)
class ActOfPage:
    """An act, on which record, about whom."""

    act: RelativeAct
    record: PatientId
    person: PatientId

    @property
    def call(self) -> tuple[Method[Any, Any], Any]:
        match self.act:
            case RelativeAct.END_CARER | RelativeAct.STOP_HELPING:
                return Consent.end_carer, AboutCarer(patient_id=self.record, carer=self.person)
            case RelativeAct.STOP_REPRESENTING:
                message = AboutRepresentative(patient_id=self.record, representative=self.person)
                return Consent.end_representation, message
            case _:
                return Consent.contest_representation, AboutRepresentationRequest(
                    patient_id=self.record,
                    representative=self.person,
                    ends=self.act is RelativeAct.CONTEST_ENDING,
                )


@get(_PATH, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_act(
    request: ApiRequest, patient_id: PatientInPath, person_id: PersonInPath, act: ActInPath
) -> Response[bytes]:
    """What happens, who is told, until when; once done, what has happened."""
    return _page(request, _about(request, patient_id, person_id, act), None)


@post(_PATH, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def do_act(
    request: ApiRequest, patient_id: PatientInPath, person_id: PersonInPath, act: ActInPath
) -> Response[Any]:
    """Do it; the page stays and says so."""
    about = _about(request, patient_id, person_id, act)
    method, message = about.call
    try:
        await request.call(method, message)
    except Missing as refusal:
        return _page(request, about, refusal)
    return Redirect(f"{request.url.path}?{_DONE}=1", status_code=HTTP_303_SEE_OTHER)


def _about(request: ApiRequest, patient_id: UUID, person_id: UUID, act: RelativeAct) -> ActOfPage:
    """What the caller gives up is their own, whatever the address says."""
    is_own = act in {RelativeAct.STOP_HELPING, RelativeAct.STOP_REPRESENTING}
    person = UUID(caller_of(request)) if is_own else person_id
    return ActOfPage(RelativeAct(act), PatientId(patient_id), PatientId(person))


def _page(request: ApiRequest, about: ActOfPage, refusal: Refusal | None) -> Response[bytes]:
    language, act = language_of(request), about.act
    if refusal is not None:
        record_refusal(request, refusal, refusal)
    is_done = _DONE in request.query_params
    gives_up = act in {RelativeAct.STOP_HELPING, RelativeAct.STOP_REPRESENTING}
    # Whoever has given up their right has no page of that record any more.
    back = PatientId(UUID(caller_of(request))) if gives_up else about.record
    return render(
        request,
        "patient/ending",
        status=HTTP_200_OK if refusal is None else status_of(refusal),
        errors={} if refusal is None else {"act": text_of(request, refusal)},
        title=_TITLES.text(act, language),
        effects=[texts.text(act, language) for texts in (_EFFECTS, _INFORMED, _LASTS)],
        done=_DONES.text(act, language) if is_done else "",
        action=request.url.path,
        here=request.url.path,
        back=f"{base_of(back)}/proches",
        **frame_of(request, back),
    )


ROUTES = [show_act, do_act]
