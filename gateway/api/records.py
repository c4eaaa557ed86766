"""A patient's record: opened with the carte Vitale, found by INS, looked at by its holder."""

from typing import Annotated

from litestar import get, post
from litestar.status_codes import HTTP_200_OK

from contracts.records import FindRecord, OpenRecord, Record, RecordFile, RecordFound, Records, StatusOf
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import Caller
from gateway.guards import ROLES
from gateway.openapi import example


@post("/dmp/records", opt={ROLES: Records.open_record.roles}, tags=["Dossier"], summary="Ouvrir un dossier")
async def open_record(
    request: Caller,
    data: Annotated[OpenRecord, example(vitale_proof="eyJhbGciOiJF...", consent_collected=True)],
) -> Record:
    """Open a record: the carte Vitale proves the patient's presence, the opener collected the consent."""
    return await request.ask(Records.open_record, data)


@post(
    "/dmp/records/search",
    opt={ROLES: Records.find_record.roles},
    status_code=HTTP_200_OK,
    tags=["Dossier"],
    summary="Retrouver un dossier par INS",
)
async def find_record(
    request: Caller,
    data: Annotated[FindRecord, example(ins={"matricule": "255069934123456", "oid": "1.2.250.1.213.1.4.8"})],
) -> RecordFound:
    """Find a record by INS (TD0.2) and learn how one stands to it; an INS never stands in an address."""
    return await request.ask(Records.find_record, data)


@get(
    "/dmp/records/{patient_id:uuid}",
    opt={ROLES: Records.get_record.roles},
    tags=["Dossier"],
    summary="Voir l'état de son dossier",
)
async def get_record(request: Caller, patient_id: PatientInPath) -> RecordFile:
    """How the record stands: active, closed, suspended; when a closed one is destroyed; what new documents become."""
    return await request.ask(Records.get_record, StatusOf(patient_id=PatientId(patient_id)))


ROUTES = [open_record, find_record, get_record]
