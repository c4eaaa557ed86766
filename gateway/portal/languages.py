"""The language of the pages: chosen in the header, or else the browser's."""

import re

from litestar import post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from gateway.clients import ApiRequest
from gateway.cookies import cookie_name, host_cookie
from gateway.errors import preferred_language
from gateway.forms import form_of, single_value
from gateway.portal.routes import PUBLIC_FORM, own_path
from translations.catalogue import LANGUAGES

PATH = "/langue"
_COOKIE = "carnet-language"
_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_OF_AN_APP = re.compile(f"/oauth/authorize/{_ID}(?:/code/{_ID})?")
_SECONDS = 365 * 24 * 3600


def language_of(request: ApiRequest) -> str:
    """`fr` or `en`."""
    chosen = request.cookies.get(cookie_name(request.clients.settings.public_url, _COOKIE), "")
    return chosen if chosen in LANGUAGES else preferred_language(request.headers.get("accept-language", ""))


@post(PATH, opt=PUBLIC_FORM, status_code=HTTP_303_SEE_OTHER, include_in_schema=False)
async def choose_language(request: ApiRequest) -> Redirect:
    """Keep the language in a cookie, and go back to the page."""
    fields = await form_of(request)
    language = single_value(fields, "language")
    public_url = request.clients.settings.public_url
    cookie = host_cookie(
        public_url, _COOKIE, language if language in LANGUAGES else "", same_site="lax", seconds=_SECONDS
    )
    return Redirect(_shown_at(single_value(fields, "suite")), status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


def _shown_at(path: str) -> str:
    """A page of ours, or the login of an app, which has the same language."""
    return path if _OF_AN_APP.fullmatch(path) else own_path(path)


PUBLIC_ROUTES = [choose_language]
