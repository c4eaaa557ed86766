"""Patient: whether there is a record, and how the caller stands to it (TD0.2)."""

from typing import Any

from litestar import Response, get, post
from litestar.status_codes import HTTP_200_OK

from contracts.errors import InvalidRequest, RecordNotFound
from contracts.identity import Identity, Person, ReadPerson
from contracts.records import FindRecord, RecordFound, Records
from contracts.vocabulary import Ins, PatientId, RecordStatus
from gateway.api.parameters import PatientInPath
from gateway.clients import Caller
from gateway.fhir import systems
from gateway.fhir.answers import answer, check_acceptable
from gateway.fhir.bundles import searchset, shape_of
from gateway.fhir.document_resource import instant
from gateway.fhir.parameters import Parameter, ParameterKind
from gateway.fhir.requests import FORM, base_of, ins_in, search_parameters_in
from gateway.fhir.resources import Resource, by_name
from gateway.guards import ROLES

TYPE = "Patient"
PATH = f"/fhir/{TYPE}"
PARAMETERS = by_name(
    [Parameter("identifier", ParameterKind.TOKEN, "Required: the INS, `urn:oid:<list>|<matricule>`.")]
)
_STANDING = "https://carnet.example/fhir/StructureDefinition/standing"


@get(PATH, opt={ROLES: Records.find_record.roles}, include_in_schema=False)
async def search_patients(request: Caller) -> Response[bytes]:
    """The record of an INS, or none."""
    return await _search(request)


@post(
    f"{PATH}/_search",
    opt={ROLES: Records.find_record.roles, "takes": FORM},
    status_code=HTTP_200_OK,
    include_in_schema=False,
)
async def post_search_patients(request: Caller) -> Response[bytes]:
    """The same with the INS in a form, so that it stands in no address."""
    return await _search(request)


@get(f"{PATH}/{{patient_id:uuid}}", opt={ROLES: Identity.read_person.roles}, include_in_schema=False)
async def read_patient(request: Caller, patient_id: PatientInPath) -> Response[bytes]:
    """Who the holder is: for the holder, and an app they let know."""
    check_acceptable(request)
    person = await request.ask(Identity.read_person, ReadPerson(patient_id=PatientId(patient_id)))
    return answer(person_resource(person))


async def _search(request: Caller) -> Response[bytes]:
    asked = await search_parameters_in(request, PARAMETERS)
    sent = asked.one("identifier")
    if not sent:
        raise InvalidRequest(field="identifier")
    ins = ins_in(sent, "identifier")
    shape = shape_of(asked.one("_summary"), asked.one("_elements"))
    try:
        found = [patient_resource(ins, await request.ask(Records.find_record, FindRecord(ins=ins)))]
    except RecordNotFound:
        found = []
    shown = [] if shape.only_count else found
    return answer(searchset(base_of(request), TYPE, [], shown, total=len(found)))


def patient_resource(ins: Ins, found: RecordFound) -> dict[str, Any]:
    """The Patient: the INS that was asked by, how the record stands, and how the caller stands to it."""
    record = found.record
    standing = [
        {"url": "recordStatus", "valueCode": record.status.value},
        {"url": "openedAt", "valueInstant": instant(record.opened_at)},
        {"url": "authorisation", "valueCode": found.authorisation.value},
        {"url": "medecinTraitant", "valueBoolean": found.medecin_traitant},
    ]
    if found.closed_at is not None:
        standing.append({"url": "closedAt", "valueInstant": instant(found.closed_at)})
    if found.close_reason is not None:
        standing.append({"url": "closeReason", "valueCode": found.close_reason.value})
    return {
        "resourceType": TYPE,
        "id": str(record.patient_id),
        "extension": [{"url": _STANDING, "extension": standing}],
        "identifier": [{"use": "official", "system": systems.system_of(ins.oid), "value": ins.matricule}],
        "active": record.status is RecordStatus.ACTIVE,
    }


def person_resource(person: Person) -> dict[str, Any]:
    """The Patient as their card states them."""
    traits = person.traits
    given = traits.given_names.split()
    return systems.present(
        resourceType=TYPE,
        id=str(person.patient_id),
        identifier=[{"use": "official", "system": systems.system_of(person.ins.oid), "value": person.ins.matricule}],
        active=True,
        name=[systems.present(use="official", family=traits.family_name, given=given)],
        gender=_GENDERS.get(traits.sex, "unknown"),
        birthDate=traits.birth_date.isoformat(),
    )


_GENDERS = {"M": "male", "F": "female"}

RESOURCE = Resource(
    type=TYPE,
    interactions=("search-type", "read"),
    handlers=(search_patients, post_search_patients, read_patient),
    parameters=PARAMETERS,
    documentation="Found by professionals: existence and state of a record, and the caller's standing (TD0.2), never"
    " a trait of the person. Read by the holder and by apps they let know: traits and INS.",
)
