"""Client of a patient: account, login, credentials."""

from typing import Any

from client.api_client import ApiClient
from contracts.identity.logins import AuthenticatorSecret, AuthenticatorStatus, CodeSent, PasswordChanged
from contracts.identity.passkeys import PasskeyList, PasskeyOptions, PasskeySummary
from contracts.identity.people import Contact, Token
from contracts.identity.recovery import MeansOfAccess


class PatientClient(ApiClient):
    """Client of one patient; it sends the access token once it is logged in."""

    def activate(self, account: dict[str, str]) -> str:
        """Begin an account; returns the attempt that the code belongs to."""
        return self._attempt("/accounts", account)

    def confirm_account(self, attempt: str, code: str) -> Token:
        """Finish an activation with the code that was sent."""
        return self._log_in(f"/accounts/{attempt}/code", {"code": code})

    def start_login(
        self, identifier: str, password: str, channel: str, *, send: bool = True, device_token: str = ""
    ) -> str:
        """Returns the attempt that the code belongs to; `device_token`: of a device that is known."""
        body = {"identifier": identifier, "password": password, "channel": channel, "send": send}
        return self._attempt("/sessions", body | ({"device_token": device_token} if device_token else {}))

    def finish_login(self, attempt: str, code: str, *, remember: bool = False) -> Token:
        """Finish a login with the code that was sent; `remember`: make this device known."""
        return self._log_in(f"/sessions/{attempt}/code", {"code": code, "remember": remember})

    def recover_account(self, proof: str, channel: str) -> str:
        """Begin a recovery with the card; returns the attempt that the code belongs to."""
        return self._attempt("/accounts/recovery", {"proof": proof, "channel": channel})

    def review_recovery(self, attempt: str, code: str) -> MeansOfAccess:
        """What opens the account so far; the code stays good."""
        return self._send("POST", f"/accounts/recovery/{attempt}/means", MeansOfAccess, {"code": code})

    def finish_recovery(self, attempt: str, code: str, password: str, **kept: Any) -> Token:
        """Set a new password with the code; `kept`: keep_passkeys, keep_authenticator, keep_apps."""
        return self._log_in(f"/accounts/recovery/{attempt}/code", {"code": code, "password": password, **kept})

    def change_password(self, current: str, password: str) -> int:
        """Returns how many other sessions were ended."""
        body = {"current": current, "password": password}
        return self._send("PUT", "/me/password", PasswordChanged, body).ended

    def contact(self) -> Contact:
        """The caller's addresses."""
        return self._get("/me/contact", Contact)

    def change_contact(self, channel: str, address: str) -> str:
        """Returns the attempt that the code sent to the new address belongs to."""
        return self._attempt("/me/contact", {"channel": channel, "address": address})

    def confirm_contact(self, attempt: str, code: str) -> Contact:
        """Confirm a new address with the code sent to it."""
        return self._send("POST", f"/me/contact/{attempt}/code", Contact, {"code": code})

    def add_authenticator(self) -> str:
        """Begin to add an authenticator app; returns its secret."""
        return self._send("POST", "/me/authenticator", AuthenticatorSecret).secret

    def confirm_authenticator(self, code: str) -> AuthenticatorStatus:
        """Confirm an authenticator app with its first code."""
        return self._send("POST", "/me/authenticator/confirmation", AuthenticatorStatus, {"code": code})

    def begin_passkey(self) -> PasskeyOptions:
        """Begin to add a passkey; returns the attempt and the WebAuthn options."""
        return self._send("POST", "/me/passkeys", PasskeyOptions)

    def confirm_passkey(self, attempt: str, credential: dict[str, Any], label: str) -> tuple[PasskeySummary, ...]:
        """Add the created credential; returns all passkeys."""
        body = {"credential": credential, "label": label}
        return self._send("POST", f"/me/passkeys/{attempt}", PasskeyList, body).passkeys

    def passkeys(self) -> tuple[PasskeySummary, ...]:
        return self._get("/me/passkeys", PasskeyList).passkeys

    def remove_passkey(self, passkey: str) -> tuple[PasskeySummary, ...]:
        """Returns the remaining passkeys."""
        return self._send("DELETE", f"/me/passkeys/{passkey}", PasskeyList).passkeys

    def begin_passkey_login(self) -> PasskeyOptions:
        """Begin a login by passkey; returns the attempt and the WebAuthn options."""
        return self._send("POST", "/sessions/passkey", PasskeyOptions)

    def finish_passkey_login(self, attempt: str, credential: dict[str, Any]) -> Token:
        """Finish a login with the signed challenge."""
        return self._log_in(f"/sessions/passkey/{attempt}", {"credential": credential})

    def _attempt(self, path: str, body: object) -> str:
        return self._send("POST", path, CodeSent, body).attempt

    def _log_in(self, path: str, body: object) -> Token:
        token = self._send("POST", path, Token, body)
        self.set_token(token.access_token)
        return token
