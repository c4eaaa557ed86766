"""The home page: what Carnet is, and where each person enters."""

from litestar import Response, get

from gateway.clients import ApiRequest
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.pages import render
from gateway.portal.routes import AGENT_SITE, PATIENT_SITE, PROFESSIONAL_SITE, PUBLIC_PAGE


@get("/", opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_home(request: ApiRequest) -> Response[bytes]:
    """For anybody; nothing is asked."""
    return render(request, "home", professionals=PROFESSIONAL_SITE, patients=PATIENT_SITE, agents=AGENT_SITE)


PUBLIC_ROUTES = [show_home]
