"""Patient: existence and state of a record, and the caller's authorisation for it (TD0.2)."""

from typing import Any

from litestar import Response, route
from litestar.enums import HttpMethod

from contracts.errors.request import FieldMissing, RecordNotFound
from contracts.identity.api import Identity
from contracts.identity.oauth import ReadPerson
from contracts.identity.people import Person
from contracts.records.api import Records
from contracts.records.lifecycle import FindRecord, RecordFound
from contracts.vocabulary import Ins, PatientId, RecordStatus
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.fhir import systems
from gateway.fhir.document_resource import instant
from gateway.fhir.parameters import Parameter, ParameterKind, SearchParameters
from gateway.fhir.request_parsing import parse_ins
from gateway.fhir.responses import check_acceptable, fhir_response
from gateway.fhir.search import ResultPage, SearchResource, shape_of
from gateway.guards import ROLES

TYPE = "Patient"
_RECORD_CONTEXT = "https://carnet.example/fhir/StructureDefinition/standing"


@route(
    f"/fhir/{TYPE}/{{patient_id:uuid}}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={ROLES: Identity.read_person.roles},
    include_in_schema=False,
)
async def read_patient(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """Read the holder's identity: for the holder, and for apps they authorised to know it."""
    check_acceptable(request)
    person = await request.call(Identity.read_person, ReadPerson(patient_id=PatientId(patient_id)))
    return fhir_response(person_resource(person))


async def _ask(request: ApiRequest, parameters: SearchParameters) -> ResultPage:
    """By an INS, which its links must not contain."""
    token = parameters.single("identifier")
    if not token:
        raise FieldMissing(field="identifier", expected="urn:oid:1.2.250.1.213.1.4.8|<INS>")
    ins, shape = parse_ins(token, "identifier"), shape_of(parameters)
    try:
        found = [patient_resource(ins, await request.call(Records.find_record, FindRecord(ins=ins)))]
    except RecordNotFound:
        found = []
    return ResultPage(matches=found, shape=shape, total=len(found))


def patient_resource(ins: Ins, found: RecordFound) -> dict[str, Any]:
    """The Patient: the INS, also the searched one of before, the record's state, the caller's authorisation."""
    record = found.record
    context = [
        {"url": "recordStatus", "valueCode": record.status.value},
        {"url": "openedAt", "valueInstant": instant(record.opened_at)},
        {"url": "authorisation", "valueCode": found.authorisation.value},
        {"url": "medecinTraitant", "valueBoolean": found.medecin_traitant},
    ]
    if found.closed_at is not None:
        context.append({"url": "closedAt", "valueInstant": instant(found.closed_at)})
    if found.close_reason is not None:
        context.append({"url": "closeReason", "valueCode": found.close_reason.value})
    return {
        "resourceType": TYPE,
        "id": str(record.patient_id),
        "extension": [{"url": _RECORD_CONTEXT, "extension": context}],
        "identifier": _identifiers(found.ins or ins, *({ins} - {found.ins} if found.ins else ())),
        "active": record.status is RecordStatus.ACTIVE,
    }


def person_resource(person: Person) -> dict[str, Any]:
    """The Patient with the traits on the carte Vitale."""
    traits = person.traits
    given = traits.given_names.split()
    return systems.without_empty(
        resourceType=TYPE,
        id=str(person.patient_id),
        identifier=_identifiers(person.ins, *person.former),
        active=True,
        name=[systems.without_empty(use="official", family=traits.family_name, given=given)],
        gender=_GENDERS.get(traits.sex, "unknown"),
        birthDate=traits.birth_date.isoformat(),
    )


def _identifiers(current: Ins, *former: Ins) -> list[dict[str, str]]:
    numbers = [("official", current), *(("old", number) for number in former)]
    return [{"use": use, "system": systems.system_of(ins.oid), "value": ins.matricule} for use, ins in numbers]


_GENDERS = {"M": "male", "F": "female"}

DECLARATION = SearchResource(
    type=TYPE,
    interactions=("search-type", "read"),
    handlers=(read_patient,),
    roles=Records.find_record.roles,
    parameters=(Parameter("identifier", ParameterKind.TOKEN, "Required: the INS, `urn:oid:<list>|<matricule>`."),),
    ask=_ask,
    documentation="Found by professionals: existence and state of a record, and the caller's standing (TD0.2), never"
    " a trait of the person. Read by the holder and by apps they let know: traits and INS.",
)
