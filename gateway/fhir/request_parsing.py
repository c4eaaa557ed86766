"""Parsing shared by FHIR requests: the access mode, and the record."""

from uuid import UUID

from contracts.errors.request import InvalidRequest
from contracts.vocabulary import AccessMode, Ins, PatientId
from gateway.clients import ApiRequest
from gateway.fhir.systems import oid_of

MODE_HEADER = "x-access-mode"
"""The access mode is a header because it is no search parameter."""


def access_mode_of(request: ApiRequest) -> AccessMode:
    """The access mode of the request.

    Raises:
        InvalidRequest: unknown mode.
    """
    try:
        return AccessMode(request.headers.get(MODE_HEADER, AccessMode.NORMAL))
    except ValueError:
        raise InvalidRequest(field=MODE_HEADER) from None


def base_of(request: ApiRequest) -> str:
    """Base URL of the FHIR API."""
    return f"{request.clients.settings.public_url}/fhir"


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
