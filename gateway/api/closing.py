"""Closing, reopening and destruction of a record; suspension by the operator."""

from typing import Annotated

import msgspec
from litestar import delete, post, put
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from contracts.records.api import Records
from contracts.records.lifecycle import AboutRecord, CloseReason, CloseRecord, RecordDetails
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example


class Closing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is closed. Unknown fields are refused: without `reason` it would count as the holder's own request."""

    reason: CloseReason = CloseReason.DEMANDE


@post(
    "/dmp/records/{patient_id:uuid}/closing",
    opt={ROLES: Records.close_record.roles},
    status_code=HTTP_200_OK,
    tags=["Dossier"],
    summary="Fermer un dossier",
)
async def close_record(
    request: ApiRequest, patient_id: PatientInPath, data: Annotated[Closing, example(reason="demande")]
) -> RecordDetails:
    """Close a record: nobody can read or add documents any more; its content is kept for ten years."""
    return await request.call(Records.close_record, CloseRecord(patient_id=PatientId(patient_id), reason=data.reason))


@post(
    "/dmp/records/{patient_id:uuid}/reopening",
    opt={ROLES: Records.reopen_record.roles},
    status_code=HTTP_200_OK,
    tags=["Dossier"],
    summary="Rouvrir un dossier fermé",
)
async def reopen_record(request: ApiRequest, patient_id: PatientInPath) -> RecordDetails:
    """Reopen a closed record, with all its content."""
    return await request.call(Records.reopen_record, AboutRecord(patient_id=PatientId(patient_id)))


@post(
    "/dmp/records/{patient_id:uuid}/destruction",
    opt={ROLES: Records.request_destruction.roles},
    status_code=HTTP_202_ACCEPTED,
    tags=["Dossier"],
    summary="Demander la destruction de son dossier",
)
async def request_destruction(request: ApiRequest, patient_id: PatientInPath) -> RecordDetails:
    """Close a record, if open, and schedule its destruction; `purge_on` is the date. Reopening cancels it."""
    return await request.call(Records.request_destruction, AboutRecord(patient_id=PatientId(patient_id)))


@put(
    "/operator/records/{patient_id:uuid}/suspension",
    opt={ROLES: Records.suspend_record.roles},
    tags=["Exploitation"],
    summary="Suspendre un dossier",
)
async def suspend_record(request: ApiRequest, patient_id: PatientInPath) -> RecordDetails:
    """Suspend a record on suspicion of fraud: nobody can read or add documents."""
    return await request.call(Records.suspend_record, AboutRecord(patient_id=PatientId(patient_id)))


@delete(
    "/operator/records/{patient_id:uuid}/suspension",
    opt={ROLES: Records.resume_record.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Lever la suspension d'un dossier",
)
async def resume_record(request: ApiRequest, patient_id: PatientInPath) -> RecordDetails:
    """Lift the suspension: the record is active again."""
    return await request.call(Records.resume_record, AboutRecord(patient_id=PatientId(patient_id)))


ROUTES = [close_record, reopen_record, request_destruction, suspend_record, resume_record]
