"""Parsing shared by FHIR requests: search parameters, access mode, and the record."""

from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import UUID

from contracts.errors import InvalidRequest
from contracts.records import FindRecord, Records
from contracts.vocabulary import AccessMode, Ins, PatientId
from gateway.clients import ApiRequest
from gateway.fhir.parameters import Parameter, SearchParameters, select_parameters
from gateway.fhir.responses import check_acceptable, preference_of
from gateway.fhir.systems import oid_of

FORM = "application/x-www-form-urlencoded"
MODE_HEADER = "x-access-mode"
"""The access mode is a header because it is no search parameter."""
_MAX_PARAMETERS = 100


async def search_parameters_in(request: ApiRequest, known: Mapping[str, Parameter]) -> SearchParameters:
    """The parameters of a search, from its query string and, for POST, its form.

    Raises:
        NotAcceptable, ParameterUnknown, InvalidRequest.
    """
    check_acceptable(request)
    sent = [(str(name), str(value)) for name, value in request.query_params.multi_items()]
    if request.method == "POST":
        try:
            body = (await request.body()).decode()
            sent += parse_qsl(body, keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)
        except ValueError:
            raise InvalidRequest(field="body") from None
    return select_parameters(sent, known, strict=preference_of(request).strict)


def access_mode_of(request: ApiRequest) -> AccessMode:
    """The access mode of the request.

    Raises:
        InvalidRequest: unknown mode.
    """
    try:
        return AccessMode(request.headers.get(MODE_HEADER, AccessMode.NORMAL))
    except ValueError:
        raise InvalidRequest(field=MODE_HEADER) from None


async def record_of(request: ApiRequest, parameters: SearchParameters) -> PatientId:
    """The record that is searched, given by its id or by an INS.

    Raises:
        InvalidRequest: neither, or both. RecordNotFound, RoleForbidden: finding by INS is refused.
    """
    by_id, by_ins = parameters.single("patient"), parameters.single("patient.identifier")
    if bool(by_id) is bool(by_ins):
        raise InvalidRequest(field="patient")
    if by_id:
        return parse_patient_reference(by_id)
    found = await request.call(Records.find_record, FindRecord(ins=parse_ins(by_ins, "patient.identifier")))
    return found.record.patient_id


def base_of(request: ApiRequest) -> str:
    """Base URL of the FHIR API."""
    return f"{request.clients.settings.public_url}/fhir"


def link_parameters(parameters: SearchParameters, patient_id: PatientId) -> list[tuple[str, str]]:
    """The parameters for the links of a Bundle, which give the record by its pseudonym."""
    others = [pair for pair in parameters.pairs if not pair[0].startswith("patient")]
    return [("patient", str(patient_id)), *others]


def parse_patient_reference(reference: str) -> PatientId:
    """The id in a reference `Patient/<id>`, or in a plain id; raises InvalidRequest."""
    try:
        return PatientId(UUID(reference.rpartition("/")[2]))
    except ValueError:
        raise InvalidRequest(field="patient") from None


def parse_ins(token: str, name: str) -> Ins:
    """The INS in a token `system|matricule`; raises InvalidRequest."""
    system, bar, matricule = token.rpartition("|")
    if not bar or not system or not matricule:
        raise InvalidRequest(field=name)
    return Ins(matricule=matricule, oid=oid_of(system))
