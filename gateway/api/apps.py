"""The apps a patient allows to read: listed and revoked."""

from litestar import delete, get

from contracts.consent.api import Consent
from contracts.consent.apps import AboutApp, GrantedApps, ListApps
from contracts.vocabulary import PatientId
from gateway.api.parameters import AppInPath, PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES


@get(
    "/dmp/records/{patient_id:uuid}/apps",
    opt={ROLES: Consent.list_apps.roles},
    tags=["Accès"],
    summary="Voir les applications autorisées",
)
async def list_apps(request: ApiRequest, patient_id: PatientInPath) -> GrantedApps:
    """List the apps that may read, with their sections, and whether each is still registered."""
    return await request.call(Consent.list_apps, ListApps(patient_id=PatientId(patient_id)))


@delete(
    "/dmp/records/{patient_id:uuid}/apps/{app:str}",
    opt={ROLES: Consent.revoke_app.roles},
    tags=["Accès"],
    summary="Retirer son autorisation à une application",
)
async def revoke_app(request: ApiRequest, patient_id: PatientInPath, app: AppInPath) -> None:
    """Revoke an app's authorisation: it loses access at once, and its tokens are revoked."""
    await request.call(Consent.revoke_app, AboutApp(patient_id=PatientId(patient_id), app=app))


ROUTES = [list_apps, revoke_app]
