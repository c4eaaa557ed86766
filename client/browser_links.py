"""Requests for links by which software opens the platform's own pages in its user's browser."""

from client.connection import HttpConnection, Id
from contracts.identity.browser_links import PageLink


class BrowserLinkRequests(HttpConnection):
    """Requests for links."""

    def record_link(self, patient_id: Id) -> PageLink:
        """To a record, for the professional who is, or then logs in, in that browser."""
        return self._send("POST", f"/dmp/records/{patient_id}/contextual-links", PageLink)

    def login_link(self) -> PageLink:
        """Log the agent's browser in."""
        return self._send("POST", "/me/browser-links", PageLink)
