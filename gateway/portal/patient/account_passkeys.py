"""Passkeys of an account: made by the browser, named, listed and removed."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from contracts.errors.base import Refusal
from contracts.errors.request import InvalidRequest, LoginFailed
from contracts.identity.api import Identity
from contracts.identity.passkeys import BeginPasskey, ConfirmPasskey, ListPasskeys, RemovePasskey
from gateway.api.parameters import PasskeyInPath
from gateway.clients import ApiRequest
from gateway.errors import record_refusal, status_of
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.patient.account_view import ACCOUNT, account_frame, done_at
from gateway.portal.patient.passkey_login import read_credential
from gateway.portal.routes import PATIENT_FORM, PATIENT_PAGE, PATIENT_SITE
from gateway.user_agents import device_of
from translations.catalogue import catalogue

_NEW, _REMOVE = f"{ACCOUNT}/cles/nouvelle", f"{ACCOUNT}/cles/retirer/{{passkey:str}}"
FIRST = f"{ACCOUNT}/cles/premiere"
"""Where a passkey is offered to whoever has just opened an account."""
_LONGEST = 60
_TEXTS = catalogue("portal")


@get([_NEW, FIRST], opt=PATIENT_PAGE, **PAGE_ROUTE)
async def offer_passkey(request: ApiRequest) -> Response[bytes]:
    """The page whose script has the browser make a passkey; loaded again, it has a new challenge."""
    return await _new_page(request, device_of(request.headers.get("user-agent", "")))


@post([_NEW, FIRST], opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def add_passkey(request: ApiRequest) -> Response[Any]:
    """The passkey that the browser made opens the account from now on."""
    sent = await form_of(request)
    label = single_value(sent, "label").strip()
    try:
        message = ConfirmPasskey(attempt=single_value(sent, "attempt"), credential=read_credential(sent), label=label)
        await request.call(Identity.confirm_passkey, message)
    except (LoginFailed, InvalidRequest) as refusal:
        return await _new_page(request, label, refusal)
    if request.url.path == FIRST:
        return Redirect(PATIENT_SITE, status_code=HTTP_303_SEE_OTHER)
    return done_at(ACCOUNT, "passkey-added")


@get(_REMOVE, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def ask_to_remove(request: ApiRequest, passkey: PasskeyInPath) -> Response[bytes]:
    """What removing a passkey means; of one that is not there, that it is gone."""
    found = await request.call(Identity.list_passkeys, ListPasskeys())
    shown = next((each for each in found.passkeys if each.passkey == passkey), None)
    here = request.url.path if shown else ""
    return render(request, "patient/passkey_remove", passkey=shown, here=here, **account_frame(request))


@post(_REMOVE, opt=PATIENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def remove_passkey(request: ApiRequest, passkey: PasskeyInPath) -> Redirect:
    """The passkey opens nothing any more."""
    await request.call(Identity.remove_passkey, RemovePasskey(passkey=passkey))
    return done_at(ACCOUNT, "passkey-removed")


async def _new_page(request: ApiRequest, label: str, refusal: Refusal | None = None) -> Response[bytes]:
    offered = await request.call(Identity.begin_passkey, BeginPasskey())
    _, errors = _TEXTS.in_language(language_of(request)), {}
    if refusal is not None:
        record_refusal(request, refusal, refusal)
        errors = (
            {"label": _("passkey.label_wrong").format(most=_LONGEST)}
            if isinstance(refusal, InvalidRequest)
            else {"make": _("passkey.not_made")}
        )
    return render(
        request,
        "patient/passkey_new",
        status=HTTP_200_OK if refusal is None else status_of(refusal),
        attempt=offered.attempt,
        options=msgspec.json.encode(offered.options).decode(),
        label=label,
        is_first=request.url.path == FIRST,
        errors=errors,
        **account_frame(request),
    )


ROUTES = [offer_passkey, add_passkey, ask_to_remove, remove_passkey]
