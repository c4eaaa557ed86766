"""The notices of a record, and how far the caller has read them."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.status_codes import HTTP_200_OK

from contracts.notify import ListNotices, MarkSeen, Notices, NoticesSeen, Notify
from contracts.vocabulary import PatientId
from gateway.api.parameters import Count, Cursor, PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example


class SeenNotices(msgspec.Struct, frozen=True, kw_only=True):
    """`until`: the id of the newest notice that was seen."""

    until: str


@get(
    "/dmp/records/{patient_id:uuid}/notices",
    opt={ROLES: Notify.list_notices.roles},
    tags=["Suivi"],
    summary="Lire les avis d'un dossier",
)
async def list_notices(
    request: ApiRequest, patient_id: PatientInPath, count: Count = 20, before: Cursor = None
) -> Notices:
    """List the holder's notices, newest first; representatives do not see those about a secret act."""
    return await request.call(
        Notify.list_notices, ListNotices(patient_id=PatientId(patient_id), count=count, before=before)
    )


@post(
    "/dmp/records/{patient_id:uuid}/notices/seen",
    opt={ROLES: Notify.mark_seen.roles},
    status_code=HTTP_200_OK,
    tags=["Suivi"],
    summary="Marquer des avis comme lus",
)
async def mark_seen(
    request: ApiRequest,
    patient_id: PatientInPath,
    data: Annotated[SeenNotices, example(until="0193d6f0-0000-7000-8000-000000000001")],
) -> NoticesSeen:
    """Mark notices as seen by the caller, up to this one; returns how many came since."""
    return await request.call(Notify.mark_seen, MarkSeen(patient_id=PatientId(patient_id), until=data.until))


ROUTES = [list_notices, mark_seen]
