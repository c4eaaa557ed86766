"""The apps that may read a record: what each may read, since when, and ending it at once."""

from dataclasses import dataclass

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.consent.api import Consent
from contracts.consent.apps import AboutApp, GrantedApp, ListApps
from contracts.identity.api import Identity
from contracts.identity.apps import NameApps, NamedApp
from contracts.vocabulary import PatientId
from gateway.api.parameters import AppInPath, PatientInPath
from gateway.clients import ApiRequest
from gateway.forms import form_of
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.patient.record_view import RECORD, base_of, record_page
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE

_PATH = f"{RECORD}/applications"
_REVOKE = f"{_PATH}/{{app:str}}/retirer"
_ENDED = "fin"


@dataclass(frozen=True)
class ShownApp:
    """A grant to an app, and who the app says it is; None: it is no longer registered."""

    granted: GrantedApp
    named: NamedApp | None

    @property
    def name(self) -> str:
        return self.named.name if self.named else self.granted.app


@get(_PATH, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_apps(request: ApiRequest, patient_id: PatientInPath) -> Response[bytes]:
    """Those with a grant, the newest first."""
    record = PatientId(patient_id)
    return record_page(
        request,
        record,
        "patient/apps",
        apps=await _apps_of(request, record),
        has_ended=_ENDED in request.query_params,
        here_apps=_path_of(record),
    )


@get(_REVOKE, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def ask_to_revoke(request: ApiRequest, patient_id: PatientInPath, app: AppInPath) -> Response[bytes]:
    """What ending an app's access means, and what it does not undo."""
    record = PatientId(patient_id)
    shown = next((each for each in await _apps_of(request, record) if each.granted.app == app), None)
    here = request.url.path if shown else ""
    return record_page(request, record, "patient/app_revoke", shown=shown, here=here, here_apps=_path_of(record))


@post(_REVOKE, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def revoke_app(request: ApiRequest, patient_id: PatientInPath, app: AppInPath) -> Redirect:
    """The app reads nothing from now on."""
    await form_of(request)
    record = PatientId(patient_id)
    await request.call(Consent.revoke_app, AboutApp(patient_id=record, app=app))
    return Redirect(f"{_path_of(record)}?{_ENDED}=1", status_code=HTTP_303_SEE_OTHER)


async def _apps_of(request: ApiRequest, record: PatientId) -> list[ShownApp]:
    granted = (await request.call(Consent.list_apps, ListApps(patient_id=record))).apps
    if not granted:
        return []
    found = await request.call(Identity.name_apps, NameApps(apps=tuple({each.app for each in granted})))
    named = {each.app: each for each in found.apps}
    return [ShownApp(each, named.get(each.app)) for each in granted]


def _path_of(record: PatientId) -> str:
    return f"{base_of(record)}/applications"


ROUTES = [show_apps, ask_to_revoke, revoke_app]
