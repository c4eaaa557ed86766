"""Consent: a patient's decisions about professionals and care teams, read, made, changed and ended (TD0.3, TD1.6)."""

from litestar import Response, get, post, put
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from contracts.consent import (
    AboutProfessional,
    AboutTeam,
    Consent,
    GiveAuthorisation,
    GiveTeamAuthorisation,
    ListAuthorisations,
)
from contracts.errors import ConsentUnknown, InvalidRequest
from contracts.vocabulary import PatientId
from gateway.clients import Caller
from gateway.fhir.answers import answer, check_acceptable
from gateway.fhir.bundles import searchset, shape_of
from gateway.fhir.consent_resource import (
    TYPE,
    Decided,
    DecisionKind,
    consent_resource,
    decided_by,
    decided_in,
    finess_of,
    named,
    rpps_of,
)
from gateway.fhir.incoming import incoming
from gateway.fhir.parameters import Parameter, ParameterKind
from gateway.fhir.requests import FORM, base_of, linked, patient_id_in, search_parameters_in
from gateway.fhir.resources import Resource, ResourceInPath, by_name
from gateway.guards import ROLES

PATH = f"/fhir/{TYPE}"
PARAMETERS = by_name([Parameter("patient", ParameterKind.REFERENCE, "Required: the record.")])
_GIVERS = Consent.give_authorisation.roles


@get(PATH, opt={ROLES: Consent.list_authorisations.roles}, include_in_schema=False)
async def search_consents(request: Caller) -> Response[bytes]:
    """All decisions in force."""
    return await _search(request)


@post(
    f"{PATH}/_search",
    opt={ROLES: Consent.list_authorisations.roles, "takes": FORM},
    status_code=HTTP_200_OK,
    include_in_schema=False,
)
async def post_search_consents(request: Caller) -> Response[bytes]:
    """The same with the parameters in a form."""
    return await _search(request)


@get(PATH + "/{resource_id:str}", opt={ROLES: Consent.list_authorisations.roles}, include_in_schema=False)
async def read_consent(request: Caller, resource_id: ResourceInPath) -> Response[bytes]:
    """One decision in force."""
    check_acceptable(request)
    wanted = named(resource_id)
    return answer(consent_resource(await _in_force(request, wanted)))


@post(PATH, opt={ROLES: _GIVERS}, status_code=HTTP_201_CREATED, include_in_schema=False)
async def create_consent(request: Caller) -> Response[bytes]:
    """Authorise a professional or a care team, name a médecin traitant, block a professional."""
    check_acceptable(request)
    with await incoming(request) as body:
        patient = body.resource.get("patient", {}).get("reference", "")
        decided = decided_by(body.resource, patient_id_in(str(patient)))
    if not decided.active:
        raise InvalidRequest(field="Consent.status")
    await _decide(request, decided)
    made = await _in_force(request, decided)
    where = f"{base_of(request)}/{TYPE}/{made.id}"
    return answer(consent_resource(made), status=HTTP_201_CREATED, headers={"location": where})


@put(PATH + "/{resource_id:str}", opt={ROLES: _GIVERS}, include_in_schema=False)
async def update_consent(request: Caller, resource_id: ResourceInPath) -> Response[bytes]:
    """Set another end, or end it now by the status `inactive`."""
    check_acceptable(request)
    wanted = named(resource_id)
    with await incoming(request) as body:
        decided = decided_by(body.resource, wanted.patient_id)
    if decided.id != resource_id:
        raise InvalidRequest(field="Consent.provision")
    if decided.active:
        await _decide(request, decided)
        return answer(consent_resource(await _in_force(request, decided)))
    await _end(request, decided)
    return answer(consent_resource(decided))


async def _search(request: Caller) -> Response[bytes]:
    asked = await search_parameters_in(request, PARAMETERS)
    patient_id = patient_id_in(asked.one("patient"))
    shape = shape_of(asked.one("_summary"), asked.one("_elements"))
    decisions = await _decisions(request, patient_id)
    shown = [] if shape.only_count else [consent_resource(one) for one in decisions]
    return answer(searchset(base_of(request), TYPE, linked(asked, patient_id), shown, total=len(decisions)))


async def _decisions(request: Caller, patient_id: PatientId) -> list[Decided]:
    circle = await request.ask(Consent.list_authorisations, ListAuthorisations(patient_id=patient_id))
    return decided_in(circle, patient_id)


async def _in_force(request: Caller, wanted: Decided) -> Decided:
    for one in await _decisions(request, wanted.patient_id):
        if one.id == wanted.id:
            return one
    raise ConsentUnknown


async def _decide(request: Caller, decided: Decided) -> None:
    patient_id, until = decided.patient_id, decided.until
    match decided.kind:
        case DecisionKind.PERMIT:
            given = GiveAuthorisation(patient_id=patient_id, rpps=rpps_of(decided), until=until)
            await request.ask(Consent.give_authorisation, given)
        case DecisionKind.TEAM:
            team = GiveTeamAuthorisation(patient_id=patient_id, structure=finess_of(decided), until=until)
            await request.ask(Consent.give_team_authorisation, team)
        case DecisionKind.MT:
            await request.ask(Consent.name_medecin_traitant, _about(decided))
        case DecisionKind.BLOCK:
            await request.ask(Consent.block_professional, _about(decided))


async def _end(request: Caller, decided: Decided) -> None:
    match decided.kind:
        case DecisionKind.PERMIT:
            await request.ask(Consent.end_authorisation, _about(decided))
        case DecisionKind.TEAM:
            team = AboutTeam(patient_id=decided.patient_id, structure=finess_of(decided))
            await request.ask(Consent.end_team_authorisation, team)
        case DecisionKind.MT:
            await request.ask(Consent.dismiss_medecin_traitant, _about(decided))
        case DecisionKind.BLOCK:
            await request.ask(Consent.unblock_professional, _about(decided))


def _about(decided: Decided) -> AboutProfessional:
    return AboutProfessional(patient_id=decided.patient_id, rpps=rpps_of(decided))


RESOURCE = Resource(
    type=TYPE,
    interactions=("search-type", "read", "create", "update"),
    handlers=(search_consents, post_search_consents, read_consent, create_consent, update_consent),
    parameters=PARAMETERS,
    documentation="What the holder has decided about professionals and care teams; they alone decide here.",
)
