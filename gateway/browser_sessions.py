"""Browsers that are logged in: the access token behind a browser's cookie, kept for a minute."""

from time import time

from chassis import tracing
from chassis.bus import Bus
from contracts.errors.base import Forbidden, Unauthenticated
from contracts.identity.api import Identity
from contracts.identity.browser_sessions import BrowserAccess, RenewBrowserSession

SESSION_COOKIE = "carnet-session"
_KEPT_SECONDS = 60.0
"""Identity learns at the latest after this time that a browser is still used, and its directory is asked again."""
_MOST = 20_000


class BrowserSessions:
    """Access tokens of this process, by the token of the browser; identity has the sessions."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._kept: dict[str, tuple[float, BrowserAccess]] = {}

    async def access(self, browser_token: str, *, uses: bool = True) -> BrowserAccess:
        """Who is logged in, with an access token for this request; `uses`: which somebody made.

        Raises:
            TokenInvalid: nobody, or no longer. ProfessionalUnknown, ProfessionalSuspended, ProfessionRetired,
                SoftwareRefused; ServiceUnavailable, DeadlineExceeded.
        """
        kept = self._kept.get(browser_token)
        if kept is not None and time() < kept[0]:
            return kept[1]
        message, trace = RenewBrowserSession(browser_token=browser_token, uses=uses), tracing.current_traceparent()
        try:
            access = await self._bus.call(Identity.renew_browser_session, message, traceparent=trace)
        except (Unauthenticated, Forbidden):
            self.forget(browser_token)
            raise
        if not uses:
            # Not kept: identity must learn of the next use.
            return access
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[browser_token] = (min(time() + _KEPT_SECONDS, access.until.timestamp()), access)
        return access

    def knows(self, browser_token: str) -> bool:
        """Whether somebody was logged in there when this process last asked."""
        return browser_token in self._kept

    def forget(self, browser_token: str) -> None:
        """Ask identity at the next request."""
        self._kept.pop(browser_token, None)
