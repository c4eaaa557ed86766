"""The notices of a record."""

from litestar import get

from contracts.notify import ListNotices, Notices, Notify
from contracts.vocabulary import PatientId
from gateway.api.parameters import Count, Cursor, PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES


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


ROUTES = [list_notices]
