"""Consent: a patient's decisions about professionals and care teams (TD0.3, TD1.6)."""

from litestar import Response, post, put, route
from litestar.enums import HttpMethod
from litestar.status_codes import HTTP_201_CREATED

from contracts.consent.api import Consent
from contracts.consent.authorisations import (
    AboutProfessional,
    AboutTeam,
    GiveAuthorisation,
    GiveTeamAuthorisation,
    ListAuthorisations,
)
from contracts.errors.request import ConsentUnknown, InvalidRequest
from contracts.vocabulary import PatientId
from gateway.clients import ApiRequest
from gateway.fhir.consent_resource import (
    TYPE,
    ConsentDecision,
    DecisionKind,
    consent_resource,
    decision_from_id,
    decisions_in,
    finess_of,
    parse_consent,
    rpps_of,
)
from gateway.fhir.parameters import SearchParameters, count_of
from gateway.fhir.request_body import read_resource
from gateway.fhir.request_parsing import base_of, check_unconditional, parse_patient_reference
from gateway.fhir.resources import ResourceInPath
from gateway.fhir.responses import check_acceptable, fhir_response
from gateway.fhir.search import PATIENT, ResultPage, SearchResource, record_of, shape_of
from gateway.guards import ROLES

PATH = f"/fhir/{TYPE}"
_WRITERS = Consent.give_authorisation.roles


@route(
    PATH + "/{resource_id:str}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={ROLES: Consent.list_authorisations.roles},
    include_in_schema=False,
)
async def read_consent(request: ApiRequest, resource_id: ResourceInPath) -> Response[bytes]:
    """Read one decision in force."""
    check_acceptable(request)
    requested = decision_from_id(resource_id)
    return fhir_response(consent_resource(await _in_force(request, requested)))


@post(PATH, opt={ROLES: _WRITERS}, status_code=HTTP_201_CREATED, include_in_schema=False)
async def create_consent(request: ApiRequest) -> Response[bytes]:
    """Authorise a professional or a care team, name a médecin traitant, block a professional."""
    check_acceptable(request)
    check_unconditional(request)
    content = await read_resource(request)
    patient = content.get("patient", {}).get("reference", "")
    decision = parse_consent(content, parse_patient_reference(str(patient), base_of(request), "Consent.patient"))
    if not decision.active:
        raise InvalidRequest(field="Consent.status")
    await _decide(request, decision)
    created = await _in_force(request, decision)
    location = f"{base_of(request)}/{TYPE}/{created.id}"
    return fhir_response(consent_resource(created), status=HTTP_201_CREATED, headers={"location": location})


@put(PATH + "/{resource_id:str}", opt={ROLES: _WRITERS}, include_in_schema=False)
async def update_consent(request: ApiRequest, resource_id: ResourceInPath) -> Response[bytes]:
    """Change the end of a decision, or end it now with the status `inactive`."""
    check_acceptable(request)
    requested = decision_from_id(resource_id)
    decision = parse_consent(await read_resource(request), requested.patient_id)
    if decision.id != resource_id:
        raise InvalidRequest(field="Consent.provision")
    if decision.active:
        await _decide(request, decision)
        return fhir_response(consent_resource(await _in_force(request, decision)))
    await _end(request, decision)
    return fhir_response(consent_resource(decision))


async def _ask(request: ApiRequest, parameters: SearchParameters) -> ResultPage:
    """Pages of the decisions in force; the cursor is the number of those before the page."""
    record, shape = await record_of(request, parameters), shape_of(parameters)
    sent = parameters.single("_cursor") or "0"
    if not (sent.isascii() and sent.isdigit()) or len(sent) > 9:
        raise InvalidRequest(field="_cursor")
    start = int(sent)
    stop = start + count_of(parameters, default=100)
    found = await _decisions(request, record)
    return ResultPage(
        matches=[consent_resource(decision) for decision in found[start:stop]],
        record=record,
        shape=shape,
        total=len(found),
        cursor=str(stop) if start < stop < len(found) else None,
    )


async def _decisions(request: ApiRequest, patient_id: PatientId) -> list[ConsentDecision]:
    circle = await request.call(Consent.list_authorisations, ListAuthorisations(patient_id=patient_id))
    return decisions_in(circle, patient_id)


async def _in_force(request: ApiRequest, requested: ConsentDecision) -> ConsentDecision:
    for decision in await _decisions(request, requested.patient_id):
        if decision.id == requested.id:
            return decision
    raise ConsentUnknown


async def _decide(request: ApiRequest, decision: ConsentDecision) -> None:
    patient_id, until = decision.patient_id, decision.until
    match decision.kind:
        case DecisionKind.PERMIT:
            message = GiveAuthorisation(patient_id=patient_id, rpps=rpps_of(decision), until=until)
            await request.call(Consent.give_authorisation, message)
        case DecisionKind.TEAM:
            team_message = GiveTeamAuthorisation(patient_id=patient_id, structure=finess_of(decision), until=until)
            await request.call(Consent.give_team_authorisation, team_message)
        case DecisionKind.MT:
            await request.call(Consent.name_medecin_traitant, _about(decision))
        case DecisionKind.BLOCK:
            await request.call(Consent.block_professional, _about(decision))


async def _end(request: ApiRequest, decision: ConsentDecision) -> None:
    match decision.kind:
        case DecisionKind.PERMIT:
            await request.call(Consent.end_authorisation, _about(decision))
        case DecisionKind.TEAM:
            team_message = AboutTeam(patient_id=decision.patient_id, structure=finess_of(decision))
            await request.call(Consent.end_team_authorisation, team_message)
        case DecisionKind.MT:
            await request.call(Consent.dismiss_medecin_traitant, _about(decision))
        case DecisionKind.BLOCK:
            await request.call(Consent.unblock_professional, _about(decision))


def _about(decision: ConsentDecision) -> AboutProfessional:
    return AboutProfessional(patient_id=decision.patient_id, rpps=rpps_of(decision))


DECLARATION = SearchResource(
    type=TYPE,
    interactions=("search-type", "read", "create", "update"),
    handlers=(read_consent, create_consent, update_consent),
    roles=Consent.list_authorisations.roles,
    parameters=(PATIENT,),
    ask=_ask,
    documentation="What the holder has decided about professionals and care teams; they alone decide here.",
)
