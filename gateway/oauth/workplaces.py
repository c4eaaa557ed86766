"""Return of a professional from Pro Santé Connect: choice of the structure, and redirect to their software."""

from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors.request import AuthorizationGone, InvalidRequest
from contracts.identity.api import Identity
from contracts.identity.oauth import AuthorizationResponse
from contracts.identity.workplaces import CALLBACK_PATH, ChooseStructure, ProfessionalSignedIn, SignInProfessional
from contracts.vocabulary import Finess
from gateway.clients import ApiRequest
from gateway.guards import RATE_LIMITED
from gateway.oauth.authorize import PATH, RequestInPath
from gateway.oauth.browsers import check_own_form, secret_of
from gateway.oauth.forms import FORM_OPT, PAGE_OPT, PAGE_ROUTE, client_redirect, form_of, single_value
from gateway.oauth.pages import page


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


PUBLIC_ROUTES = [sign_in_professional, choose_structure]
