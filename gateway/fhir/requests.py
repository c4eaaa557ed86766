"""What every FHIR search asks first: whose record, in which mode, with which parameters."""

from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import UUID

from contracts.errors import InvalidRequest
from contracts.records import FindRecord, Records
from contracts.vocabulary import AccessMode, Ins, PatientId
from gateway.clients import Caller
from gateway.fhir.answers import check_acceptable, preference_of
from gateway.fhir.parameters import Parameter, SearchParameters, understood
from gateway.fhir.systems import oid_of

FORM = "application/x-www-form-urlencoded"
MODE_HEADER = "x-access-mode"
"""How a professional comes in; a mode is no part of what is searched for."""
_MOST_PARAMETERS = 100


async def search_parameters_in(request: Caller, known: Mapping[str, Parameter]) -> SearchParameters:
    """The parameters of a search, from its address and, where it is posted, from its form.

    Raises:
        NotAcceptable, ParameterUnknown, InvalidRequest.
    """
    check_acceptable(request)
    sent = [(str(name), str(value)) for name, value in request.query_params.multi_items()]
    if request.method == "POST":
        try:
            body = (await request.body()).decode()
            sent += parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
        except ValueError:
            raise InvalidRequest(field="body") from None
    return understood(sent, known, strict=preference_of(request).strict)


def mode_of(request: Caller) -> AccessMode:
    """The mode a professional comes in by.

    Raises:
        InvalidRequest: no such mode.
    """
    try:
        return AccessMode(request.headers.get(MODE_HEADER, AccessMode.NORMAL))
    except ValueError:
        raise InvalidRequest(field=MODE_HEADER) from None


async def record_of(request: Caller, asked: SearchParameters) -> PatientId:
    """Whose record, by its id or by the INS.

    Raises:
        InvalidRequest: nobody's, or two. RecordNotFound, RoleForbidden: as finding by INS is refused.
    """
    by_id, by_ins = asked.one("patient"), asked.one("patient.identifier")
    if bool(by_id) is bool(by_ins):
        raise InvalidRequest(field="patient")
    if by_id:
        return patient_id_in(by_id)
    found = await request.ask(Records.find_record, FindRecord(ins=ins_in(by_ins, "patient.identifier")))
    return found.record.patient_id


def base_of(request: Caller) -> str:
    """The address of this door."""
    return f"{request.clients.settings.public_url}/fhir"


def linked(asked: SearchParameters, patient_id: PatientId) -> list[tuple[str, str]]:
    """The parameters as the links of an answer bear them: the record by its pseudonym."""
    others = [pair for pair in asked.pairs if not pair[0].startswith("patient")]
    return [("patient", str(patient_id)), *others]


def patient_id_in(reference: str) -> PatientId:
    """The record a reference `Patient/<id>`, or its bare id, speaks of; raises InvalidRequest."""
    try:
        return PatientId(UUID(reference.rpartition("/")[2]))
    except ValueError:
        raise InvalidRequest(field="patient") from None


def ins_in(token: str, name: str) -> Ins:
    """The INS in a token `system|matricule`; raises InvalidRequest."""
    system, bar, matricule = token.rpartition("|")
    if not bar or not system or not matricule:
        raise InvalidRequest(field=name)
    return Ins(matricule=matricule, oid=oid_of(system))
