"""Master keys on a PKCS#11 token (an HSM): they never leave it, it wraps and unwraps for us."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, Session, Token
from pkcs11.exceptions import PKCS11Error, UserAlreadyLoggedIn

from chassis.settings import SettingsError
from contracts.errors import ContentDamaged, ServiceUnavailable
from services.documents.domain import WrappedKey
from services.documents.settings import MasterKeySettings

R = TypeVar("R")

_PREFIX = "pkcs11:"
_FOR_A_MOMENT = {Attribute.TOKEN: False, Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True}


class TokenKeyKeeper:
    """AES-256 keys on one token, named by `pkcs11:` and their labels; wrapped as RFC 3394 says.

    One session, one call at a time: a call takes the token a fraction of a millisecond or a few.
    """

    def __init__(self, token: Callable[[], Token], pin: str, label: str) -> None:
        self._token = token
        self._pin = pin
        self._label = label
        self._alone = RLock()
        self._session: Session | None = None
        self._keys: dict[str, Any] = {}

    @classmethod
    def from_settings(cls, settings: MasterKeySettings) -> "TokenKeyKeeper":
        """Log in to the token, and find the active key if it lies there.

        Raises:
            SettingsError: one of the CARNET_PKCS11_* does not lead there.
        """
        try:
            library = pkcs11.lib(settings.pkcs11_module)
            pin = Path(settings.pkcs11_pin_file).read_text().strip()
            keeper = cls(lambda: library.get_token(token_label=settings.pkcs11_token), pin, settings.pkcs11_key)
            keeper._find_active()
        except (PKCS11Error, OSError, RuntimeError) as error:
            raise SettingsError(f"CARNET_PKCS11_*: {type(error).__name__} {error}") from None
        return keeper

    @property
    def active(self) -> str:
        """The generation that wraps."""
        return f"{_PREFIX}{self._label}"

    def holds(self, key_id: str) -> bool:
        """Whether the token has a key of this label; raises ServiceUnavailable."""
        with self._alone:
            return key_id.startswith(_PREFIX) and self._reached(key_id.removeprefix(_PREFIX)) is not None

    def wrap(self, data_key: bytes) -> WrappedKey:
        """Seal a data key; raises ServiceUnavailable."""
        with self._alone:
            try:
                sealed = self._with(self._label, lambda session, key: _wrapped(session, key, data_key))
            except ContentDamaged:
                raise ServiceUnavailable from None
        return WrappedKey(key_id=self.active, sealed=sealed)

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        """The data key again; raises ContentDamaged, ServiceUnavailable."""
        if not wrapped.key_id.startswith(_PREFIX):
            raise ContentDamaged
        label = wrapped.key_id.removeprefix(_PREFIX)
        with self._alone:
            return self._with(label, lambda _, key: _unwrapped(key, wrapped.sealed))

    def _find_active(self) -> None:
        try:
            self._log_in()
            if self._label:
                self._key(self._label)
        except PKCS11Error:
            self._hang_up()
            raise

    def _with(self, label: str, do: Callable[[Session, Any], R]) -> R:
        """Once more in a new session, for the old one may have ended; what fails there too is the key's own fault."""
        with suppress(PKCS11Error):
            return do(*self._key(label))
        self._hang_up()
        found = self._reached(label)
        if found is None:
            raise ContentDamaged
        try:
            return do(*found)
        except PKCS11Error:
            raise ContentDamaged from None

    def _reached(self, label: str) -> tuple[Session, Any] | None:
        """A session and the key of that label, None where the token has none."""
        try:
            return self._key(label)
        except pkcs11.NoSuchKey:
            return None
        except PKCS11Error:
            self._hang_up()
            raise ServiceUnavailable from None

    def _key(self, label: str) -> tuple[Session, Any]:
        session = self._log_in()
        if label not in self._keys:
            self._keys[label] = session.get_key(
                object_class=ObjectClass.SECRET_KEY, key_type=KeyType.AES, label=label
            )
        return session, self._keys[label]

    def _log_in(self) -> Session:
        if self._session is None:
            self._session = _opened(self._token(), self._pin)
        return self._session

    def _hang_up(self) -> None:
        session, self._session = self._session, None
        self._keys.clear()
        if session is not None:
            with suppress(PKCS11Error):
                session.close()


def _opened(token: Token, pin: str) -> Session:
    try:
        return token.open(user_pin=pin)
    except UserAlreadyLoggedIn:
        # A login holds for all sessions of a process.
        return token.open()


def _wrapped(session: Session, key: Any, data_key: bytes) -> bytes:
    held = session.create_object(
        _FOR_A_MOMENT
        | {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.KEY_TYPE: KeyType.AES, Attribute.VALUE: data_key}
    )
    try:
        return bytes(key.wrap_key(held, mechanism=Mechanism.AES_KEY_WRAP))
    finally:
        held.destroy()


def _unwrapped(key: Any, sealed: bytes) -> bytes:
    held = key.unwrap_key(
        ObjectClass.SECRET_KEY, KeyType.AES, sealed, mechanism=Mechanism.AES_KEY_WRAP, template=_FOR_A_MOMENT
    )
    try:
        return bytes(held[Attribute.VALUE])
    finally:
        held.destroy()
