"""The sites, options of the routes of their pages and forms, and the page to go on with."""

from typing import Any
from urllib.parse import unquote

from contracts.vocabulary import Role
from gateway.forms import FORM, MULTIPART
from gateway.guards import PAGE, PUBLIC, ROLES

PUBLIC_PAGE: dict[str, Any] = {ROLES: PUBLIC, PAGE: True}
PUBLIC_FORM: dict[str, Any] = PUBLIC_PAGE | {"takes": FORM}
PROFESSIONAL_PAGE: dict[str, Any] = {ROLES: frozenset({Role.PROFESSIONAL}), PAGE: True}
PROFESSIONAL_FORM: dict[str, Any] = PROFESSIONAL_PAGE | {"takes": FORM}
PROFESSIONAL_UPLOAD: dict[str, Any] = PROFESSIONAL_PAGE | {"takes": MULTIPART}
PATIENT_PAGE: dict[str, Any] = {ROLES: frozenset({Role.PATIENT}), PAGE: True}
PATIENT_FORM: dict[str, Any] = PATIENT_PAGE | {"takes": FORM}
AGENT_PAGE: dict[str, Any] = {ROLES: frozenset({Role.AGENT}), PAGE: True}
AGENT_FORM: dict[str, Any] = AGENT_PAGE | {"takes": FORM}

PROFESSIONAL_SITE, PATIENT_SITE, AGENT_SITE = "/pro", "/espace", "/agent"
SITES = (PROFESSIONAL_SITE, PATIENT_SITE, AGENT_SITE)
"""Path of the first page of each site; all its pages are below it, its login at `connexion`."""
PUBLIC_PATHS = frozenset({"/", "/aide", "/accessibilite", "/verifier-le-journal"})
"""Pages of no site."""
FRAMES = {
    PROFESSIONAL_SITE: "professional/frame.html",
    PATIENT_SITE: "patient/frame.html",
    AGENT_SITE: "agent/frame.html",
}
"""What pages of several sites extend."""
RECORD_LINK, LOGIN_LINK = f"{PROFESSIONAL_SITE}/lien", f"{AGENT_SITE}/connexion/lien"
"""Where links of software lead; their code follows."""
_LONGEST = 300


def site_of(path: str) -> str:
    """The site that a page belongs to; for pages of none, that of professionals."""
    return next((site for site in SITES if path == site or path.startswith(f"{site}/")), PROFESSIONAL_SITE)


def login_path(site: str) -> str:
    """The path of the login of a site."""
    return f"{site}/connexion"


def own_path(path: str, site: str = PROFESSIONAL_SITE) -> str:
    """A path of the pages that was sent, to redirect a browser to; in place of others, the first page of a site."""
    # Browsers resolve `..`, encoded too: it would lead out of the pages.
    is_own = len(path) <= _LONGEST and path.isprintable() and "\\" not in path and ".." not in unquote(path)
    starts = tuple(f"{each}{end}" for each in SITES for end in ("/", "?"))
    return path if is_own and (path in {*SITES, *PUBLIC_PATHS} or path.startswith(starts)) else site
