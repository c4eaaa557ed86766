"""Login with a passkey: the browser signs a challenge with a key of this device."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from contracts.errors.base import Refusal
from contracts.errors.request import LoginFailed
from contracts.identity.api import Identity
from contracts.identity.passkeys import BeginPasskeyLogin, FinishPasskeyLogin
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.forms import form_of, single_value
from gateway.guards import RATE_LIMITED
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.patient.entry import LOGIN, NEXT, enter, next_of, with_next
from gateway.portal.routes import PATIENT_SITE, PUBLIC_FORM, PUBLIC_PAGE, own_path
from gateway.user_agents import device_of
from translations.catalogue import catalogue

_PATH = f"{LOGIN}/cle"
_TEXTS = catalogue("portal")


@get(_PATH, opt=PUBLIC_PAGE | {RATE_LIMITED: True}, **PAGE_ROUTE)
async def ask_for_passkey(request: ApiRequest) -> Response[bytes]:
    """The page whose script asks the browser for a passkey; loaded again, it has a new challenge."""
    return await _passkey_page(request, next_of(request), None)


@post(_PATH, opt=PUBLIC_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def finish_login(request: ApiRequest) -> Response[Any]:
    """Log in with the signed challenge."""
    sent = await form_of(request)
    following = own_path(single_value(sent, NEXT), PATIENT_SITE)
    device = device_of(request.headers.get("user-agent", ""))
    try:
        credential = read_credential(sent)
        message = FinishPasskeyLogin(attempt=single_value(sent, "attempt"), credential=credential, device=device)
        token = await request.call(Identity.finish_passkey_login, message)
    except Refusal as refusal:
        return await _passkey_page(request, following, refusal)
    return await enter(request, token, following)


def read_credential(sent: dict[str, list[str]]) -> dict[str, Any]:
    """What the browser's WebAuthn call gave; raises LoginFailed where it is nothing of that kind."""
    try:
        found: dict[str, Any] = msgspec.json.decode(single_value(sent, "credential"), type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError):
        raise LoginFailed from None
    return found


async def _passkey_page(request: ApiRequest, following: str, refusal: Refusal | None) -> Response[bytes]:
    """After a refusal the page waits for its button: to ask again at once would ask for ever."""
    offered = await request.call(Identity.begin_passkey_login, BeginPasskeyLogin())
    error = ""
    if refusal is not None:
        record_refusal(request, refusal, refusal)
        _ = _TEXTS.in_language(language_of(request))
        error = _("passkey.unknown") if isinstance(refusal, LoginFailed) else text_of(request, refusal)
    return render(
        request,
        "patient/passkey",
        status=HTTP_200_OK if refusal is None else status_of(refusal),
        action=_PATH,
        attempt=offered.attempt,
        options=msgspec.json.encode(offered.options).decode(),
        next=following,
        by_password=with_next(LOGIN, following),
        error=error,
    )


PUBLIC_ROUTES = [ask_for_passkey, finish_login]
