"""Parsing shared by FHIR requests: the access mode, and the record."""

import re
from uuid import UUID

from contracts.errors.request import InvalidRequest, ParameterUnknown
from contracts.vocabulary import AccessMode, Ins, PatientId
from gateway.clients import ApiRequest
from gateway.fhir.tokens import tokens_in

MODE_HEADER = "x-access-mode"
"""The access mode is a header because it is no search parameter."""


_OF_ANSWERS = frozenset({"_format", "_pretty", "_summary", "_elements"})
"""Query parameters that concern the answer, not the resource."""
_NAME = re.compile(r"[\w.:-]{1,64}", re.ASCII)


def access_mode_of(request: ApiRequest) -> AccessMode:
    """The access mode of the request.

    Raises:
        InvalidRequest: unknown mode.
    """
    try:
        return AccessMode(request.headers.get(MODE_HEADER, AccessMode.NORMAL))
    except ValueError:
        raise InvalidRequest(field=MODE_HEADER) from None


def check_unconditional(request: ApiRequest) -> None:
    """Conditional creation is not supported, by header or by query; ignored, the condition would be broken.

    Raises:
        ParameterUnknown.
    """
    if "if-none-exist" in request.headers:
        raise ParameterUnknown(name="If-None-Exist")
    for name in request.query_params:
        if name not in _OF_ANSWERS:
            raise ParameterUnknown(name=name if _NAME.fullmatch(name) else "?")


def base_of(request: ApiRequest) -> str:
    """Base URL of the FHIR API."""
    return f"{request.clients.settings.public_url}/fhir"


def parse_patient_reference(reference: str, base: str, name: str) -> PatientId:
    """The id in a reference to a Patient of this server, relative or with its base URL, or in a plain id.

    Raises:
        InvalidRequest: naming `name`. Something else, or of another server: its ids are not ours.
    """
    try:
        return PatientId(UUID(reference.removeprefix(f"{base}/").removeprefix("Patient/")))
    except ValueError:
        raise InvalidRequest(field=name) from None


def parse_ins(token: str, name: str) -> Ins:
    """The INS in a token `system|matricule`; raises InvalidRequest."""
    tokens = tokens_in(token, name)
    if len(tokens) != 1 or not tokens[0].system or not tokens[0].code:
        raise InvalidRequest(field=name)
    return Ins(matricule=tokens[0].code, oid=tokens[0].system)
