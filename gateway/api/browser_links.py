"""Links by which a caller's software opens the platform's own pages in the browser of its user."""

from litestar import post

from contracts.identity.api import Identity
from contracts.identity.browser_links import CreateLoginLink, CreateRecordLink, PageLink
from contracts.vocabulary import PatientId
from gateway.api.parameters import PatientInPath
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.portal.routes import LOGIN_LINK, RECORD_LINK


@post(
    "/dmp/records/{patient_id:uuid}/contextual-links",
    opt={ROLES: Identity.create_record_link.roles},
    tags=["Dossier"],
    summary="Ouvrir un dossier dans le navigateur du professionnel",
)
async def create_record_link(request: ApiRequest, patient_id: PatientInPath) -> PageLink:
    """Make a link to one record on the pages for professionals (TD0.9), to be opened at once.

    It proves nothing of who opens it: the calling professional is logged in in that browser, or logs in first.
    Nobody else can use it.
    """
    link = await request.call(Identity.create_record_link, CreateRecordLink(patient_id=PatientId(patient_id)))
    return _page_link(request, RECORD_LINK, link.code, link.expires_in)


@post(
    "/me/browser-links",
    opt={ROLES: Identity.create_login_link.roles},
    tags=["Connexion"],
    summary="Continuer sa session dans le navigateur (agents)",
)
async def create_login_link(request: ApiRequest) -> PageLink:
    """Make a link that logs an agent's browser in to the pages for agents; it ends with the session of the token."""
    link = await request.call(Identity.create_login_link, CreateLoginLink())
    return _page_link(request, LOGIN_LINK, link.code, link.expires_in)


def _page_link(request: ApiRequest, path: str, code: str, seconds: int) -> PageLink:
    return PageLink(url=f"{request.clients.settings.public_url}{path}/{code}", expires_in=seconds)


ROUTES = [create_record_link, create_login_link]
