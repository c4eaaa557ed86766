"""Links from business software to a record: the code leaves the address, then its professional is logged in."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import PathParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from contracts.identity.api import Identity
from contracts.identity.browser_links import FollowRecordLink, OpenRecordLink
from gateway.clients import ApiRequest
from gateway.guards import RATE_LIMITED
from gateway.oauth.browsers import secret_of, with_secret
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.routes import PROFESSIONAL_PAGE, PROFESSIONAL_SITE, PUBLIC_PAGE, RECORD_LINK

_WAITING = f"{PROFESSIONAL_SITE}/lien/attente"

CodeOfLink = Annotated[str, PathParameter(description="Le code d'un lien · The code of a link")]
LinkInPath = Annotated[UUID, PathParameter(description="Le lien, dans ce navigateur · The link, in this browser")]


@get(f"{RECORD_LINK}/{{code:str}}", opt=PUBLIC_PAGE | {RATE_LIMITED: True}, **PAGE_ROUTE)
async def follow_link(request: ApiRequest, code: CodeOfLink) -> Redirect:
    """The link waits in this browser for its professional; nothing is told of it before that."""
    browser, cookie = with_secret(request)
    followed = await request.call(Identity.follow_record_link, FollowRecordLink(code=code, browser=browser))
    return Redirect(f"{_WAITING}/{followed.link_id}", status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


@get(f"{_WAITING}/{{link_id:uuid}}", opt=PROFESSIONAL_PAGE, status_code=HTTP_303_SEE_OTHER, **PAGE_ROUTE)
async def open_link(request: ApiRequest, link_id: LinkInPath) -> Redirect:
    """The record, for the professional who asked for the link."""
    message = OpenRecordLink(link_id=link_id, browser=secret_of(request))
    found = await request.call(Identity.open_record_link, message)
    return Redirect(f"{PROFESSIONAL_SITE}/d/{found.patient_id}", status_code=HTTP_303_SEE_OTHER)


PUBLIC_ROUTES = [follow_link]
ROUTES = [open_link]
