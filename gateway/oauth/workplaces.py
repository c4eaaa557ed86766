"""A professional's way back from Pro Santé Connect in a browser: where they work today, and on to their software."""

from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.errors import AuthorizationGone, InvalidRequest
from contracts.identity import (
    CALLBACK_PATH,
    AuthorizationAnswered,
    ChooseStructure,
    Identity,
    ProfessionalSignedIn,
    SignInProfessional,
)
from contracts.vocabulary import Finess
from gateway.clients import Caller
from gateway.guards import WORK
from gateway.oauth.authorize import PATH, RequestInPath
from gateway.oauth.browsers import check_own_form, secret_of
from gateway.oauth.forms import ROUTE, SEEN, SENT, back_to, form_of, one
from gateway.oauth.pages import page


@get(CALLBACK_PATH, opt=SEEN | {WORK: True}, **ROUTE)
async def come_back(request: Caller) -> Response[str] | Redirect:
    """A browser is back from Pro Santé Connect, with a code for us or with an error."""
    request_id = _request_in(_said(request, "state"))
    question = SignInProfessional(request_id=request_id, browser=secret_of(request), code=_said(request, "code"))
    signed_in = await request.ask(Identity.sign_in_professional, question)
    return _gone_on(request, request_id, signed_in)


@post(f"{PATH}/{{request_id:uuid}}/structure", opt=SENT, status_code=HTTP_303_SEE_OTHER, **ROUTE)
async def choose(request: Caller, request_id: RequestInPath) -> Response[str] | Redirect:
    """Where the professional works today; the browser goes back to the software."""
    check_own_form(request)
    structure = Finess(one(await form_of(request), "structure"))
    question = ChooseStructure(request_id=request_id, browser=secret_of(request), structure=structure)
    return _gone_on(request, request_id, await request.ask(Identity.choose_structure, question))


def _gone_on(request: Caller, request_id: UUID, signed_in: ProfessionalSignedIn) -> Response[str] | Redirect:
    if signed_in.answered is None:
        here = f"{PATH}/{request_id}"
        return page(
            request, "structure", here=here, workplaces=signed_in.workplaces, goes_on_to=signed_in.redirect_uri
        )
    return Redirect(_address(request, signed_in.answered), status_code=HTTP_303_SEE_OTHER)


def _address(request: Caller, answered: AuthorizationAnswered) -> str:
    said = {"code": answered.code} if answered.code else {"error": "access_denied"}
    return back_to(request, answered.redirect_uri, answered.state, **said)


def _request_in(state: str) -> UUID:
    try:
        return UUID(state)
    except ValueError:
        raise AuthorizationGone from None


def _said(request: Caller, name: str) -> str:
    values = request.query_params.getall(name, [])
    if len(values) > 1:
        raise InvalidRequest(field=name)
    return values[0] if values else ""


PUBLIC_ROUTES = [come_back, choose]
