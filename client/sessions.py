"""Requests about the caller's own sessions."""

from client.connection import HttpConnection, Id
from contracts.identity.logins import Sessions, SessionsEnded


class SessionRequests(HttpConnection):
    """Requests about sessions."""

    def sessions(self) -> Sessions:
        return self._get("/me/sessions", Sessions)

    def end_session(self, session_id: Id) -> None:
        self._request("DELETE", f"/me/sessions/{session_id}")

    def forget_device(self, device_id: Id) -> None:
        self._request("DELETE", f"/me/devices/{device_id}")

    def end_other_sessions(self) -> int:
        """End every session except this one; returns how many."""
        return self._send("DELETE", "/me/sessions", SessionsEnded).count
