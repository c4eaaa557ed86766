"""An agent opens the record of a person who is at the counter."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from gateway.clients import ApiRequest
from gateway.portal import opening
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.routes import AGENT_FORM, AGENT_PAGE, AGENT_SITE

_PATH, _CHECK = f"{AGENT_SITE}/{opening.OPENING}", f"{AGENT_SITE}/{opening.CHECK}"


@get(_PATH, opt=AGENT_PAGE, **PAGE_ROUTE)
async def show_opening(request: ApiRequest) -> Response[bytes]:
    """The text to show to the patient, and the field for the card's proof."""
    return opening.show_card(request)


@post(_CHECK, opt=AGENT_FORM, status_code=HTTP_200_OK, **PAGE_ROUTE)
async def check_card(request: ApiRequest) -> Response[Any]:
    """Whom the card names."""
    return await opening.show_check(request)


@get(_CHECK, opt=AGENT_PAGE, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def show_card_again() -> Redirect:
    """The first page, for who changes the language of the second: a card's proof is in no address."""
    return Redirect(_PATH, status_code=HTTP_303_SEE_OTHER)


@post(_PATH, opt=AGENT_FORM, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def open_record(request: ApiRequest) -> Response[Any]:
    """Open it; the record follows."""
    return await opening.open_record(request)


ROUTES = [show_opening, check_card, show_card_again, open_record]
