"""Where an account is logged in, and the devices it knows: each is ended or forgotten here."""

from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.request import InvalidRequest
from contracts.identity.api import Identity
from contracts.identity.logins import EndSessions, ListSessions, LoginMethod
from gateway.clients import ApiRequest
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.patient.account_view import ACCOUNT, account_frame, done_at
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE
from translations.catalogue import catalogue

_PATH = f"{ACCOUNT}/appareils"
_MEANS = catalogue("portal").of_codes(
    "account.means.{}", (LoginMethod.CODE, LoginMethod.AUTHENTICATOR, LoginMethod.CARTE_VITALE, LoginMethod.PASSKEY)
)


@get(_PATH, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_sessions(request: ApiRequest) -> Response[bytes]:
    """Those that last, the newest first."""
    found = await request.call(Identity.list_sessions, ListSessions())
    language = language_of(request)
    return render(
        request,
        "patient/sessions",
        sessions=[(each, _MEANS.text(each.means, language)) for each in found.sessions],
        devices=found.devices,
        current=found.current,
        **account_frame(request),
    )


@post(_PATH, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def end_sessions(request: ApiRequest) -> Redirect:
    """End a session, or forget a device; without either, end all but this one and forget every device."""
    sent = await form_of(request)
    session, device = _id_in(sent, "session"), _id_in(sent, "device")
    await request.call(Identity.end_sessions, EndSessions(session_id=session, device_id=device))
    done = "session-ended" if session else "device-forgotten" if device else "sessions-ended"
    return done_at(_PATH, done)


def _id_in(sent: dict[str, list[str]], name: str) -> UUID | None:
    value = single_value(sent, name)
    try:
        return UUID(value) if value else None
    except ValueError:
        raise InvalidRequest(field=name) from None


ROUTES = [show_sessions, end_sessions]
