"""Somebody at the street door: business software or a patient's browser, speaking plain HTTP to the gateway."""

from typing import Any

from cli.demo.calls.connection import ApiError
from cli.demo.calls.documents import DocumentCalls
from cli.demo.calls.records import RecordCalls
from cli.demo.calls.rights import RightsCalls
from cli.demo.calls.trail import TrailCalls

__all__ = ["JWT_BEARER", "ApiClient", "ApiError"]

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class ApiClient(RecordCalls, DocumentCalls, RightsCalls, TrailCalls):
    """One person's requests; the token is carried once there is one."""

    def log_in_with_card(self, assertion: str) -> dict[str, Any]:
        """A professional's software presents the CPS card's assertion."""
        form = {"grant_type": JWT_BEARER, "assertion": assertion}
        return self._carry(self._answer("POST", "/oauth/token", data=form))

    def activate(self, account: dict[str, str]) -> str:
        """First step of a patient's account; answers the attempt the code belongs to."""
        return str(self._answer("POST", "/accounts", json=account)["attempt"])

    def confirm_account(self, attempt: str, code: str) -> dict[str, Any]:
        """Second step: the code that was sent."""
        return self._carry(self._answer("POST", f"/accounts/{attempt}/code", json={"code": code}))

    def change_password(self, current: str, password: str) -> int:
        """Another password; answers how many other sessions were ended."""
        body = {"current": current, "password": password}
        return int(self._answer("PUT", "/me/password", json=body)["ended"])

    def contact(self) -> dict[str, Any]:
        """Where the caller is reached."""
        return self._answer("GET", "/me/contact")

    def change_contact(self, channel: str, address: str) -> str:
        """Another address; answers the attempt the code sent there belongs to."""
        return str(self._answer("POST", "/me/contact", json={"channel": channel, "address": address})["attempt"])

    def confirm_contact(self, attempt: str, code: str) -> dict[str, Any]:
        """The code that was sent to the new address."""
        return self._answer("POST", f"/me/contact/{attempt}/code", json={"code": code})

    def recover_account(self, proof: str, channel: str) -> str:
        """A forgotten password, with the card; answers the attempt the code belongs to."""
        body = {"proof": proof, "channel": channel}
        return str(self._answer("POST", "/accounts/recovery", json=body)["attempt"])

    def finish_recovery(self, attempt: str, code: str, password: str) -> dict[str, Any]:
        """The code, and another password."""
        body = {"code": code, "password": password}
        return self._carry(self._answer("POST", f"/accounts/recovery/{attempt}/code", json=body))

    def start_login(self, identifier: str, password: str, channel: str, *, send: bool = True) -> str:
        """Identifier and password; answers the attempt the code belongs to."""
        wish = {"identifier": identifier, "password": password, "channel": channel, "send": send}
        return str(self._answer("POST", "/sessions", json=wish)["attempt"])

    def finish_login(self, attempt: str, code: str) -> dict[str, Any]:
        """The code that was sent."""
        return self._carry(self._answer("POST", f"/sessions/{attempt}/code", json={"code": code}))

    def add_authenticator(self) -> str:
        """Begin to add an authenticator app; its secret."""
        return str(self._answer("POST", "/me/authenticator")["secret"])

    def confirm_authenticator(self, code: str) -> dict[str, Any]:
        """The app's first code."""
        return self._answer("POST", "/me/authenticator/confirmation", json={"code": code})

    def begin_passkey(self) -> dict[str, Any]:
        """Begin to add a passkey: the attempt, and the options for the device."""
        return self._answer("POST", "/me/passkeys")

    def confirm_passkey(self, attempt: str, credential: dict[str, Any], label: str) -> list[dict[str, Any]]:
        """The key the device has made; all keys there are now."""
        body = {"credential": credential, "label": label}
        found: list[dict[str, Any]] = self._answer("POST", f"/me/passkeys/{attempt}", json=body)["passkeys"]
        return found

    def passkeys(self) -> list[dict[str, Any]]:
        """The keys that open the account."""
        found: list[dict[str, Any]] = self._answer("GET", "/me/passkeys")["passkeys"]
        return found

    def remove_passkey(self, passkey: str) -> list[dict[str, Any]]:
        """Take a key off; those that are left."""
        found: list[dict[str, Any]] = self._answer("DELETE", f"/me/passkeys/{passkey}")["passkeys"]
        return found

    def begin_passkey_login(self) -> dict[str, Any]:
        """Log in by a passkey: the attempt, and the options for the device."""
        return self._answer("POST", "/sessions/passkey")

    def finish_passkey_login(self, attempt: str, credential: dict[str, Any]) -> dict[str, Any]:
        """What the key has signed."""
        return self._carry(self._answer("POST", f"/sessions/passkey/{attempt}", json={"credential": credential}))

    def sessions(self) -> dict[str, Any]:
        """Where one is logged in."""
        return self._answer("GET", "/me/sessions")

    def end_session(self, session_id: str) -> None:
        """End a session, here or elsewhere."""
        self._send("DELETE", f"/me/sessions/{session_id}")

    def end_other_sessions(self) -> int:
        """End every session but this one."""
        return int(self._answer("DELETE", "/me/sessions")["count"])

    def _carry(self, answer: dict[str, Any]) -> dict[str, Any]:
        self.carry(str(answer["access_token"]))
        return answer
