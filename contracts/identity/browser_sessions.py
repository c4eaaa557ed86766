"""Messages about the sessions of browsers on the platform's own pages."""

from datetime import datetime

import msgspec

from contracts.envelope import Actor

PORTAL_CLIENT = "carnet-portal"
"""Client id of the platform's own pages at its authorization server."""
PORTAL_RETURN_PATH = "/pro/connexion/retour"
"""Where a professional's browser returns with a code: the pages' only redirect URI, served by the gateway."""


class OpenBrowserSession(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Continue the caller's session in their browser; `replaces`: the token the browser had, whose session ends."""

    replaces: str = ""


class BrowserSessionOpened(msgspec.Struct, frozen=True, kw_only=True):
    """The token for the browser's cookie, of which identity keeps a hash; `until`: when it expires at the latest."""

    browser_token: str
    until: datetime


class RenewBrowserSession(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Get an access token for the person behind a browser; `uses`: who has just used it.

    A page that is kept up to date asks by itself, which is no use.
    """

    browser_token: str
    uses: bool = True


class BrowserAccess(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An access token, valid for `expires_in` seconds; `workplace`: name of a professional's structure."""

    access_token: str
    expires_in: int
    actor: Actor
    until: datetime
    workplace: str = ""
