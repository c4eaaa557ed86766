"""Return of a professional from Pro Santé Connect: choice of the structure, redirect to their software; logout."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from contracts.errors.request import AuthorizationGone, InvalidRequest
from contracts.identity.api import Identity
from contracts.identity.oauth import AuthorizationResponse
from contracts.identity.workplaces import (
    CALLBACK_PATH,
    LOGOUT_PATH,
    ChooseStructure,
    LogOutProfessional,
    ProfessionalSignedIn,
    SignInProfessional,
)
from contracts.vocabulary import Finess
from gateway.clients import ApiRequest
from gateway.forms import form_of, single_value
from gateway.guards import RATE_LIMITED
from gateway.oauth.authorize import PATH, RequestInPath
from gateway.oauth.browsers import check_own_form, secret_of
from gateway.oauth.forms import FORM_OPT, PAGE_OPT, PAGE_ROUTE, client_redirect
from gateway.oauth.pages import page
from gateway.oauth.tokens import ERROR_HANDLERS, form_example


class LogoutNotice(msgspec.Struct, frozen=True, kw_only=True):
    """Request by OpenID Connect Back-Channel Logout 1.0."""

    logout_token: str


@get(CALLBACK_PATH, opt=PAGE_OPT | {RATE_LIMITED: True}, **PAGE_ROUTE)
async def sign_in_professional(request: ApiRequest) -> Response[str] | Redirect:
    """Callback of Pro Santé Connect, with a code or an error."""
    request_id = _request_id_from(_query_value(request, "state"))
    message = SignInProfessional(
        request_id=request_id, browser=secret_of(request), code=_query_value(request, "code")
    )
    signed_in = await request.call(Identity.sign_in_professional, message)
    return _next_step(request, request_id, signed_in)


@post(f"{PATH}/{{request_id:uuid}}/structure", opt=FORM_OPT, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def choose_structure(request: ApiRequest, request_id: RequestInPath) -> Response[str] | Redirect:
    """Submit the structure the professional works in; redirects to the software."""
    check_own_form(request)
    structure = Finess(single_value(await form_of(request), "structure"))
    message = ChooseStructure(request_id=request_id, browser=secret_of(request), structure=structure)
    return _next_step(request, request_id, await request.call(Identity.choose_structure, message))


@post(
    LOGOUT_PATH,
    opt=FORM_OPT,
    status_code=HTTP_200_OK,
    exception_handlers=ERROR_HANDLERS,
    tags=["Connexion"],
    summary="Fin de session à Pro Santé Connect",
)
async def log_out_professional(
    request: ApiRequest,
    data: Annotated[LogoutNotice, form_example(logout_token="eyJhbGciOiJS...")],  # noqa: S106
) -> None:
    """Receive a logout token of Pro Santé Connect (OpenID Connect Back-Channel Logout 1.0): the sessions that the
    session there opened are refused everywhere within five seconds.
    """
    await request.call(Identity.log_out_professional, LogOutProfessional(logout_token=data.logout_token))


def _next_step(request: ApiRequest, request_id: UUID, signed_in: ProfessionalSignedIn) -> Response[str] | Redirect:
    if signed_in.answered is None:
        path = f"{PATH}/{request_id}"
        return page(
            request, "structure", here=path, workplaces=signed_in.workplaces, redirects_to=signed_in.redirect_uri
        )
    return Redirect(_location(request, signed_in.answered), status_code=HTTP_303_SEE_OTHER)


def _location(request: ApiRequest, answer: AuthorizationResponse) -> str:
    result = {"code": answer.code} if answer.code else {"error": "access_denied"}
    return client_redirect(request, answer.redirect_uri, answer.state, **result)


def _request_id_from(state: str) -> UUID:
    try:
        return UUID(state)
    except ValueError:
        raise AuthorizationGone from None


def _query_value(request: ApiRequest, name: str) -> str:
    values = request.query_params.getall(name, [])
    if len(values) > 1:
        raise InvalidRequest(field=name)
    return values[0] if values else ""


PUBLIC_ROUTES = [sign_in_professional, choose_structure, log_out_professional]
