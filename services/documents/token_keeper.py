"""Master keys on a PKCS#11 token (an HSM): the token wraps and unwraps, its keys never leave it."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, Session, Token
from pkcs11.exceptions import PKCS11Error, UserAlreadyLoggedIn

from chassis.settings import SettingsError
from contracts.errors.execution import ContentDamaged, MasterKeyMissing, ServiceUnavailable
from services.documents.domain import WrappedKey
from services.documents.settings import MasterKeySettings

R = TypeVar("R")

_PREFIX = "pkcs11:"
_SESSION_OBJECT = {Attribute.TOKEN: False, Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True}


class TokenKeyKeeper:
    """AES-256 keys on one token; a `key_id` is `pkcs11:` and the key's label; wraps as in RFC 3394.

    One session, one call at a time: a call takes the token from a fraction of a millisecond to a few.
    """

    def __init__(self, token: Callable[[], Token], pin: str, label: str) -> None:
        self._token = token
        self._pin = pin
        self._label = label
        self._lock = RLock()
        self._session: Session | None = None
        self._keys: dict[str, Any] = {}

    @classmethod
    def from_settings(cls, settings: MasterKeySettings) -> "TokenKeyKeeper":
        """Log in to the token, and find the active key if it is on it.

        Raises:
            SettingsError: library, token, PIN or key of the CARNET_PKCS11_* does not work.
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
        """The `key_id` of the generation that wraps."""
        return f"{_PREFIX}{self._label}"

    def holds(self, key_id: str) -> bool:
        """Whether the token has a key of this label; raises ServiceUnavailable."""
        with self._lock:
            return key_id.startswith(_PREFIX) and self._find_key(key_id.removeprefix(_PREFIX)) is not None

    def wrap(self, data_key: bytes) -> WrappedKey:
        """Wrap a data key; raises ServiceUnavailable."""
        with self._lock:
            try:
                sealed = self._retrying(self._label, lambda session, key: _wrapped(session, key, data_key))
            except ContentDamaged:
                raise ServiceUnavailable from None
        return WrappedKey(key_id=self.active, sealed=sealed)

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        """The data key; raises ContentDamaged, ServiceUnavailable."""
        if not wrapped.key_id.startswith(_PREFIX):
            raise MasterKeyMissing
        label = wrapped.key_id.removeprefix(_PREFIX)
        with self._lock:
            return self._retrying(label, lambda _, key: _unwrapped(key, wrapped.sealed))

    def _find_active(self) -> None:
        try:
            self._log_in()
            if self._label:
                self._key(self._label)
        except PKCS11Error:
            self._close_session()
            raise

    def _retrying(self, label: str, do: Callable[[Session, Any], R]) -> R:
        """Retry in a new session, since the old one may have ended; a second failure is the wrapped key's fault."""
        with suppress(PKCS11Error):
            return do(*self._key(label))
        self._close_session()
        found = self._find_key(label)
        if found is None:
            raise MasterKeyMissing
        try:
            return do(*found)
        except PKCS11Error:
            raise ContentDamaged from None

    def _find_key(self, label: str) -> tuple[Session, Any] | None:
        """A session and the key of that label, None if the token has none; raises ServiceUnavailable."""
        try:
            return self._key(label)
        except pkcs11.NoSuchKey:
            return None
        except PKCS11Error:
            self._close_session()
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

    def _close_session(self) -> None:
        session, self._session = self._session, None
        self._keys.clear()
        if session is not None:
            with suppress(PKCS11Error):
                session.close()


def _opened(token: Token, pin: str) -> Session:
    try:
        return token.open(user_pin=pin)
    except UserAlreadyLoggedIn:
        # PKCS#11: a login holds for all sessions of a process.
        return token.open()


def _wrapped(session: Session, key: Any, data_key: bytes) -> bytes:
    transient = session.create_object(
        _SESSION_OBJECT
        | {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.KEY_TYPE: KeyType.AES, Attribute.VALUE: data_key}
    )
    try:
        return bytes(key.wrap_key(transient, mechanism=Mechanism.AES_KEY_WRAP))
    finally:
        transient.destroy()


def _unwrapped(key: Any, sealed: bytes) -> bytes:
    transient = key.unwrap_key(
        ObjectClass.SECRET_KEY, KeyType.AES, sealed, mechanism=Mechanism.AES_KEY_WRAP, template=_SESSION_OBJECT
    )
    try:
        return bytes(transient[Attribute.VALUE])
    finally:
        transient.destroy()
