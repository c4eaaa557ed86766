"""The apps a patient has let read: which they are, what they read, and taking it back."""

from litestar import delete, get

from contracts.consent import AboutApp, Consent, GrantedApps, ListApps
from contracts.vocabulary import PatientId
from gateway.api.parameters import AppInPath, PatientInPath
from gateway.clients import Caller
from gateway.guards import ROLES


@get(
    "/dmp/records/{patient_id:uuid}/apps",
    opt={ROLES: Consent.list_apps.roles},
    tags=["Accès"],
    summary="Voir les applications autorisées",
)
async def list_apps(request: Caller, patient_id: PatientInPath) -> GrantedApps:
    """Which apps may read which sections, and whether each is still listed."""
    return await request.ask(Consent.list_apps, ListApps(patient_id=PatientId(patient_id)))


@delete(
    "/dmp/records/{patient_id:uuid}/apps/{app:str}",
    opt={ROLES: Consent.revoke_app.roles},
    tags=["Accès"],
    summary="Retirer son autorisation à une application",
)
async def revoke_app(request: Caller, patient_id: PatientInPath, app: AppInPath) -> None:
    """Take back what an app was allowed: it reads nothing more, at once, and its tokens are ended."""
    await request.ask(Consent.revoke_app, AboutApp(patient_id=PatientId(patient_id), app=app))


ROUTES = [list_apps, revoke_app]
