"""One-time codes: made by pyotp from a secret of one use, stored only as a keyed hash bound to their attempt."""

import hmac
from pathlib import Path
from uuid import UUID

import pyotp

from chassis.settings import SettingsError

_SHORTEST_PEPPER = 32


class OtpGenerator:
    """Makes codes and hashes them with the pepper of this platform."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    @classmethod
    def from_file(cls, path: Path) -> "OtpGenerator":
        """Read the pepper.

        Raises:
            SettingsError: shorter than 32 bytes.
        """
        pepper = path.read_bytes()
        if len(pepper) < _SHORTEST_PEPPER:
            raise SettingsError(
                f"CARNET_CODE_PEPPER_FILE: a pepper has {_SHORTEST_PEPPER} bytes or more: mount this platform's"
            )
        return cls(pepper)

    def new_code(self) -> str:
        """Six digits from a random secret that is not stored."""
        return pyotp.HOTP(pyotp.random_base32()).at(0)

    def seal(self, attempt: UUID, code: str) -> bytes:
        """The stored hash of a code: it opens this attempt and no other."""
        return self._keyed(b"code", attempt.bytes + code.encode())

    def login_key(self, identifier: str) -> bytes:
        """The key under which unfinished logins of an identifier are counted, whether it exists or not."""
        return self._keyed(b"login", identifier.encode())

    def budget_key(self, purpose: str, holder: str) -> bytes:
        """The key under which failed codes of a purpose other than a login are counted."""
        return self._keyed(b"budget", f"{purpose} {holder}".encode())

    def decoy_key(self, identifier: str) -> bytes:
        """The key of codes tried where the password was wrong: counted alike, limiting nothing."""
        return self._keyed(b"decoy", identifier.encode())

    def total_key(self, subject: str) -> bytes:
        """The key under which all failures of a day are counted: of a patient id, or of an unknown identifier."""
        return self._keyed(b"failures", subject.encode())

    def password_key(self, holder: str) -> bytes:
        """The key under which guesses at the current password from an open session are counted."""
        return self._keyed(b"password", holder.encode())

    def recovery_key(self, holder: str) -> bytes:
        """The key under which codes sent for recoveries of an account and not used are counted."""
        return self._keyed(b"recovery", holder.encode())

    def changes_key(self, holder: str) -> bytes:
        """The key under which codes sent for changes of an account's contact are counted, to whatever address."""
        return self._keyed(b"changes", holder.encode())

    def device_key(self, device_id: UUID) -> bytes:
        """As `login_key`, of logins from a known device."""
        return self._keyed(b"device", device_id.bytes)

    def origin_key(self, origin: str) -> bytes:
        """The key under which unfinished logins from a network address are counted."""
        return self._keyed(b"origin", origin.encode())

    def address_key(self, address: str) -> bytes:
        """The key under which codes sent to an address and not used are counted."""
        return self._keyed(b"address", address.casefold().encode())

    def _keyed(self, use: bytes, content: bytes) -> bytes:
        return hmac.digest(self._pepper, use + b"\0" + content, "sha256")
