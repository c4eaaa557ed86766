"""A forgotten password: the carte Vitale, a code, what opens the account so far, and a new password."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_ENTITY

from contracts.errors.base import Refusal
from contracts.errors.request import InvalidRequest, WeakPassword
from contracts.identity.api import Identity
from contracts.identity.recovery import FinishRecovery, MeansOfAccess, RecoverAccount, ReviewRecovery
from gateway.clients import ApiRequest
from gateway.errors import record_refusal
from gateway.forms import form_of, single_value
from gateway.portal.errors import PAGE_ROUTE, text_of
from gateway.portal.languages import language_of
from gateway.portal.pages import render
from gateway.portal.patient.activation import CHANNELS, channel_of
from gateway.portal.patient.entry import enter
from gateway.portal.patient.form_pages import form_page, missing_of, refused_page, values_of
from gateway.portal.patient.parameters import AttemptOfLogin
from gateway.portal.routes import PATIENT_SITE, PUBLIC_FORM, PUBLIC_PAGE
from gateway.user_agents import device_of

_PATH = f"{PATIENT_SITE}/oubli"
_CODE = f"{_PATH}/code/{{attempt:uuid}}"
_PASSWORD = f"{_CODE}/mot-de-passe"


@get(_PATH, opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_recovery(request: ApiRequest) -> Response[bytes]:
    """Ask for the card, and where to send a code."""
    return form_page(request, "patient/recover", **_values(request, {"proof": "", "channel": ""}))


@post(_PATH, opt=PUBLIC_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def start_recovery(request: ApiRequest) -> Response[Any]:
    """Send a code to an address that was verified before."""
    fields = values_of(await form_of(request), ("proof", "channel"))
    values = _values(request, fields)
    errors = missing_of(request, fields, "proof")
    if errors:
        return form_page(request, "patient/recover", errors=errors, **values)
    message = RecoverAccount(proof=fields["proof"], channel=channel_of(fields["channel"]))
    try:
        started = await request.call(Identity.recover_account, message)
    except Refusal as refusal:
        return refused_page(request, "patient/recover", refusal, "proof", **values)
    return Redirect(_code_path(started.attempt), status_code=HTTP_303_SEE_OTHER)


@get([_CODE, _PASSWORD], opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_code(request: ApiRequest, attempt: AttemptOfLogin) -> Response[bytes]:
    """The page that asks for the code; what it opens is shown to who types it, and to no address."""
    return form_page(request, "patient/recover_code", action=_code_path(attempt), again=_PATH)


@post(_CODE, opt=PUBLIC_FORM, status_code=HTTP_200_OK, **PAGE_ROUTE)
async def review_account(request: ApiRequest, attempt: AttemptOfLogin) -> Response[bytes]:
    """What opens the account so far, for its holder to say what is theirs, and the new password."""
    fields = values_of(await form_of(request), ("code",))
    values = {"action": _code_path(attempt), "again": _PATH}
    errors = missing_of(request, fields, "code")
    if errors:
        return form_page(request, "patient/recover_code", errors=errors, **values)
    code = "".join(fields["code"].split())
    try:
        means = await request.call(Identity.review_recovery, ReviewRecovery(attempt=str(attempt), code=code))
    except Refusal as refusal:
        return refused_page(request, "patient/recover_code", refusal, "code", **values)
    return _review_page(request, attempt, code, means, {}, frozenset())


@post(_PASSWORD, opt=PUBLIC_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def finish_recovery(request: ApiRequest, attempt: AttemptOfLogin) -> Response[Any]:
    """Set the new password, keep what is kept, and log in; a weak password is asked again, what is kept stays."""
    sent = await form_of(request)
    code, password = single_value(sent, "code"), single_value(sent, "password")
    message = FinishRecovery(
        attempt=str(attempt),
        code=code,
        password=password,
        device=device_of(request.headers.get("user-agent", "")),
        keep_passkeys=tuple(sent.get("passkey", ())),
        keep_authenticator=bool(single_value(sent, "authenticator")),
        keep_apps=tuple(_grant(each) for each in sent.get("app", ())),
        remember=bool(single_value(sent, "remember")),
    )
    try:
        token = await request.call(Identity.finish_recovery, message)
    except WeakPassword as refusal:
        record_refusal(request, refusal, refusal)
        kept = frozenset(value for name in ("passkey", "authenticator", "app") for value in sent.get(name, ()))
        means = await request.call(Identity.review_recovery, ReviewRecovery(attempt=str(attempt), code=code))
        return _review_page(request, attempt, code, means, {"password": text_of(request, refusal)}, kept)
    except Refusal as refusal:
        values = {"action": _code_path(attempt), "again": _PATH}
        return refused_page(request, "patient/recover_code", refusal, "code", **values)
    return await enter(request, token, PATIENT_SITE)


def _review_page(
    request: ApiRequest,
    attempt: UUID,
    code: str,
    means: MeansOfAccess,
    errors: dict[str, str],
    kept: frozenset[str],
) -> Response[bytes]:
    """The code stays good, and goes along: a second page asks for nothing that was typed."""
    return render(
        request,
        "patient/recover_review",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else HTTP_200_OK,
        action=f"{_code_path(attempt)}/mot-de-passe",
        code=code,
        means=means,
        errors=errors,
        kept=kept,
    )


def _code_path(attempt: UUID | str) -> str:
    return f"{_PATH}/code/{attempt}"


def _grant(sent: str) -> UUID:
    try:
        return UUID(sent)
    except ValueError:
        raise InvalidRequest(field="app") from None


def _values(request: ApiRequest, fields: dict[str, str]) -> dict[str, Any]:
    language = language_of(request)
    return {
        "fields": fields | {"channel": channel_of(fields["channel"]).value},
        "channels": [(name, CHANNELS.text(name, language)) for name in CHANNELS.keys],
    }


PUBLIC_ROUTES = [show_recovery, start_recovery, show_code, review_account, finish_recovery]
