"""The keys that sign id tokens, each from the day in its file's name, so that they rotate with overlap."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.jwk import RSAKey

from chassis.settings import SettingsError

ALGORITHM = "RS256"
"""The one algorithm every OpenID Connect client understands."""
_NAME = ".jwk.json"

_Stamp = tuple[tuple[str, int], ...]


class OpenIdKeys:
    """A directory of private RSA keys `YYYY-MM-DD.jwk.json`; read again whenever a file is added or removed.

    All are published, future ones too, so that clients know a key before it signs; the newest whose day has come
    signs. One whose file is removed is no longer published.
    """

    def __init__(self, directory: Path) -> None:
        """Raises SettingsError where the directory has no key."""
        self._directory = directory
        self._stamp: _Stamp = ()
        self._keys: list[tuple[date, RSAKey]] = []
        if not self._read():
            raise SettingsError(f"CARNET_OPENID_KEYS: mount a key as {directory}/YYYY-MM-DD{_NAME}")

    def sign(self, claims: dict[str, Any], now: datetime) -> str:
        """An id token."""
        key = self._signing(now)
        return jwt.encode({"alg": ALGORITHM, "kid": str(key.kid)}, claims, key, algorithms=[ALGORITHM])

    def public(self) -> str:
        """The public keys as a JWKS, in JSON."""
        keys = [key.as_dict(private=False) for _, key in self._read()]
        return msgspec.json.encode({"keys": keys}).decode()

    def _signing(self, now: datetime) -> RSAKey:
        keys = self._read()
        begun = [key for day, key in keys if day <= now.date()]
        return begun[-1] if begun else keys[0][1]

    def _read(self) -> list[tuple[date, RSAKey]]:
        files = sorted(self._directory.glob(f"*{_NAME}"))
        stamp = tuple((file.name, file.stat().st_mtime_ns) for file in files)
        if stamp != self._stamp and files:
            self._keys = [_key_in(file) for file in files]
            self._stamp = stamp
        return self._keys


def _key_in(file: Path) -> tuple[date, RSAKey]:
    try:
        day = date.fromisoformat(file.name.removesuffix(_NAME))
        return day, RSAKey.import_key(
            msgspec.json.decode(file.read_bytes()), {"kid": f"openid-{day}", "use": "sig", "alg": ALGORITHM}
        )
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise SettingsError(f"{file.name} is no dated private RSA key in JSON") from error
