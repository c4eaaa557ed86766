"""HTTP client of the gateway, as business software or a patient's browser uses it."""

from typing import Any

from client.connection import ApiError
from client.documents import DocumentCalls
from client.journal import JournalCalls
from client.records import RecordCalls
from client.rights import RightsCalls

__all__ = ["JWT_BEARER", "ApiClient", "ApiError"]

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class ApiClient(RecordCalls, DocumentCalls, RightsCalls, JournalCalls):
    """Client of one person; it sends the access token once it is logged in."""

    def log_in_with_card(self, assertion: str) -> dict[str, Any]:
        """Log a professional in with a CPS card's assertion."""
        form = {"grant_type": JWT_BEARER, "assertion": assertion}
        return self._log_in(self._request_json("POST", "/oauth/token", data=form))

    def activate(self, account: dict[str, str]) -> str:
        """Begin a patient's account; returns the attempt that the code belongs to."""
        return str(self._request_json("POST", "/accounts", json=account)["attempt"])

    def confirm_account(self, attempt: str, code: str) -> dict[str, Any]:
        """Finish an activation with the code that was sent."""
        return self._log_in(self._request_json("POST", f"/accounts/{attempt}/code", json={"code": code}))

    def change_password(self, current: str, password: str) -> int:
        """Returns how many other sessions were ended."""
        body = {"current": current, "password": password}
        return int(self._request_json("PUT", "/me/password", json=body)["ended"])

    def contact(self) -> dict[str, Any]:
        """The caller's addresses."""
        return self._request_json("GET", "/me/contact")

    def change_contact(self, channel: str, address: str) -> str:
        """Returns the attempt that the code sent to the new address belongs to."""
        return str(
            self._request_json("POST", "/me/contact", json={"channel": channel, "address": address})["attempt"]
        )

    def confirm_contact(self, attempt: str, code: str) -> dict[str, Any]:
        """Confirm a new address with the code sent to it."""
        return self._request_json("POST", f"/me/contact/{attempt}/code", json={"code": code})

    def recover_account(self, proof: str, channel: str) -> str:
        """Begin a recovery with the card; returns the attempt that the code belongs to."""
        body = {"proof": proof, "channel": channel}
        return str(self._request_json("POST", "/accounts/recovery", json=body)["attempt"])

    def finish_recovery(self, attempt: str, code: str, password: str) -> dict[str, Any]:
        """Set a new password with the code."""
        body = {"code": code, "password": password}
        return self._log_in(self._request_json("POST", f"/accounts/recovery/{attempt}/code", json=body))

    def start_login(self, identifier: str, password: str, channel: str, *, send: bool = True) -> str:
        """Returns the attempt that the code belongs to."""
        body = {"identifier": identifier, "password": password, "channel": channel, "send": send}
        return str(self._request_json("POST", "/sessions", json=body)["attempt"])

    def finish_login(self, attempt: str, code: str) -> dict[str, Any]:
        """Finish a login with the code that was sent."""
        return self._log_in(self._request_json("POST", f"/sessions/{attempt}/code", json={"code": code}))

    def add_authenticator(self) -> str:
        """Begin to add an authenticator app; returns its secret."""
        return str(self._request_json("POST", "/me/authenticator")["secret"])

    def confirm_authenticator(self, code: str) -> dict[str, Any]:
        """Confirm an authenticator app with its first code."""
        return self._request_json("POST", "/me/authenticator/confirmation", json={"code": code})

    def begin_passkey(self) -> dict[str, Any]:
        """Begin to add a passkey; returns the attempt and the WebAuthn options."""
        return self._request_json("POST", "/me/passkeys")

    def confirm_passkey(self, attempt: str, credential: dict[str, Any], label: str) -> list[dict[str, Any]]:
        """Add the created credential; returns all passkeys."""
        body = {"credential": credential, "label": label}
        found: list[dict[str, Any]] = self._request_json("POST", f"/me/passkeys/{attempt}", json=body)["passkeys"]
        return found

    def passkeys(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._request_json("GET", "/me/passkeys")["passkeys"]
        return found

    def remove_passkey(self, passkey: str) -> list[dict[str, Any]]:
        """Returns the remaining passkeys."""
        found: list[dict[str, Any]] = self._request_json("DELETE", f"/me/passkeys/{passkey}")["passkeys"]
        return found

    def begin_passkey_login(self) -> dict[str, Any]:
        """Begin a login by passkey; returns the attempt and the WebAuthn options."""
        return self._request_json("POST", "/sessions/passkey")

    def finish_passkey_login(self, attempt: str, credential: dict[str, Any]) -> dict[str, Any]:
        """Finish a login with the signed challenge."""
        return self._log_in(
            self._request_json("POST", f"/sessions/passkey/{attempt}", json={"credential": credential})
        )

    def sessions(self) -> dict[str, Any]:
        return self._request_json("GET", "/me/sessions")

    def end_session(self, session_id: str) -> None:
        self._request("DELETE", f"/me/sessions/{session_id}")

    def end_other_sessions(self) -> int:
        """End every session except this one; returns how many."""
        return int(self._request_json("DELETE", "/me/sessions")["count"])

    def _log_in(self, answer: dict[str, Any]) -> dict[str, Any]:
        self.set_token(str(answer["access_token"]))
        return answer
