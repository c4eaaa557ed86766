"""Records: opened with the carte Vitale, found by INS or traits, shown to their holder."""

from typing import Annotated

from litestar import get, post
from litestar.status_codes import HTTP_200_OK

from contracts.identity.api import Identity
from contracts.identity.people import FindByTraits, PersonsFound
from contracts.records.api import Records
from contracts.records.consent_texts import OPENING_TEXTS
from contracts.records.lifecycle import (
    AboutRecord,
    FindRecord,
    ListMyRecords,
    MyRecords,
    OpenRecord,
    Record,
    RecordDetails,
    RecordFound,
)
from contracts.vocabulary import PatientId
from gateway.api.parameters import Count, Cursor, PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example


@post("/dmp/records", opt={ROLES: Records.open_record.roles}, tags=["Dossier"], summary="Ouvrir un dossier")
async def open_record(
    request: ApiRequest,
    data: Annotated[
        OpenRecord, example(vitale_proof="eyJhbGciOiJF...", consent_collected=True, consent_text=OPENING_TEXTS[-1])
    ],
) -> Record:
    """Open a record: the carte Vitale proves the patient's presence; the caller has collected the consent.

    `consent_text`: the version of the text that the patient was shown (`GET /consent-texts`).
    """
    return await request.call(Records.open_record, data)


@post(
    "/dmp/records/search",
    opt={ROLES: Records.find_record.roles},
    status_code=HTTP_200_OK,
    tags=["Dossier"],
    summary="Retrouver un dossier par INS",
)
async def find_record(
    request: ApiRequest,
    data: Annotated[FindRecord, example(ins={"matricule": "255069934123472", "oid": "1.2.250.1.213.1.4.8"})],
) -> RecordFound:
    """Find a record by INS (TD0.2), with the caller's authorisation for it. An INS is never part of a URL."""
    return await request.call(Records.find_record, data)


@get("/dmp/records", opt={ROLES: Records.list_my_records.roles}, tags=["Dossier"], summary="Lister mes dossiers")
async def list_my_records(request: ApiRequest, count: Count = 20, cursor: Cursor = None) -> MyRecords:
    """List the active records that the calling professional is authorised to read, newest first (TD0.4)."""
    return await request.call(Records.list_my_records, ListMyRecords(count=count, cursor=cursor))


@post(
    "/dmp/patients/search",
    opt={ROLES: Identity.find_by_traits.roles},
    status_code=HTTP_200_OK,
    tags=["Dossier"],
    summary="Retrouver une personne par ses traits",
)
async def find_by_traits(
    request: ApiRequest,
    data: Annotated[
        FindByTraits, example(family_name="MARTIN", given_names="Camille", birth_date="1985-07-14", sex="F")
    ],
) -> PersonsFound:
    """Find people by birth name and birth date (TD0.1); with more than ten matches, none is returned.

    The search is written to the journal of each person found."""
    return await request.call(Identity.find_by_traits, data)


@get(
    "/dmp/records/{patient_id:uuid}",
    opt={ROLES: Records.get_record.roles},
    tags=["Dossier"],
    summary="Voir l'état de son dossier",
)
async def get_record(request: ApiRequest, patient_id: PatientInPath) -> RecordDetails:
    """Show the state of a record: active, closed or suspended; its destruction date; its default visibility."""
    return await request.call(Records.get_record, AboutRecord(patient_id=PatientId(patient_id)))


ROUTES = [open_record, find_record, list_my_records, find_by_traits, get_record]
