"""Keepers of master keys: the active one wraps data keys, older generations only unwrap."""

import hashlib
import hmac
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from chassis.settings import SettingsError
from contracts.errors.execution import ContentDamaged, MasterKeyMissing
from services.documents.domain import WrappedKey
from services.documents.settings import MasterKeySettings

_KEY_SIZE = 32


class KeyKeeper(Protocol):
    """Wraps and unwraps data keys with master keys that it never gives out."""

    @property
    def active(self) -> str:
        """The `key_id` of the generation that wraps."""

    def holds(self, key_id: str) -> bool:
        """Whether this generation is at hand to unwrap.

        Raises:
            ServiceUnavailable: the keeper does not answer.
        """

    def wrap(self, data_key: bytes) -> WrappedKey:
        """Wrap a data key under the active generation.

        Raises:
            ServiceUnavailable.
        """

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        """The data key.

        Raises:
            MasterKeyMissing: by a key that is not at hand. ContentDamaged: changed since. ServiceUnavailable.
        """


class FileKeyKeeper:
    """Master keys in files: for development, and for hosts whose platform protects the files.

    The `key_id` of a generation is a fingerprint of its key. Data keys are wrapped as in RFC 3394, which needs no
    nonce and so sets no limit to the use of a master key.
    """

    def __init__(self, active: bytes, *older: bytes) -> None:
        if any(len(key) != _KEY_SIZE for key in (active, *older)):
            raise ValueError(f"a master key has {_KEY_SIZE} bytes")
        self._keys = {_key_id_of(key): key for key in (active, *older)}
        self._active = _key_id_of(active)

    @classmethod
    def from_files(cls, active: Path, *older: Path) -> "FileKeyKeeper":
        """The keeper of the keys in these files, of 32 bytes each.

        Raises:
            SettingsError: a file cannot be read, or holds something else.
        """
        try:
            return cls(active.read_bytes(), *(file.read_bytes() for file in older))
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"CARNET_MASTER_KEY_FILE, CARNET_OLDER_MASTER_KEY_FILES: {error}: mount those of this platform"
            ) from None

    @property
    def active(self) -> str:
        """The `key_id` of the generation that wraps."""
        return self._active

    def holds(self, key_id: str) -> bool:
        """Whether the key is among the files."""
        return key_id in self._keys

    def wrap(self, data_key: bytes) -> WrappedKey:
        """Wrap a data key."""
        return WrappedKey(key_id=self._active, sealed=aes_key_wrap(self._keys[self._active], data_key))

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        """The data key; raises ContentDamaged."""
        if not self.holds(wrapped.key_id):
            raise MasterKeyMissing
        try:
            return aes_key_unwrap(self._keys[wrapped.key_id], wrapped.sealed)
        except (InvalidUnwrap, ValueError):
            raise ContentDamaged from None


class KeyGenerations:
    """Two keepers, the second replaced by the first: the first wraps, both unwrap."""

    def __init__(self, current: KeyKeeper, former: KeyKeeper) -> None:
        self._current = current
        self._former = former

    @property
    def active(self) -> str:
        """The `key_id` of the generation that wraps."""
        return self._current.active

    def holds(self, key_id: str) -> bool:
        """Whether one of the two has it."""
        return self._former.holds(key_id) or self._current.holds(key_id)

    def wrap(self, data_key: bytes) -> WrappedKey:
        """Wrap a data key."""
        return self._current.wrap(data_key)

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        """The data key; raises ContentDamaged, ServiceUnavailable."""
        return (self._former if self._former.holds(wrapped.key_id) else self._current).unwrap(wrapped)


def keeper_from(settings: MasterKeySettings) -> KeyKeeper:
    """The keeper that settings describe.

    Raises:
        SettingsError: they describe none, or what they name is not there.
    """
    if not (settings.master_key_file or settings.pkcs11_key):
        raise SettingsError("MasterKeySettings: set CARNET_MASTER_KEY_FILE, or CARNET_PKCS11_*, in the environment")
    names = [settings.master_key_file, *settings.older_master_key_files.split(",")]
    files = [Path(name.strip()) for name in names if name.strip()]
    if not settings.pkcs11_module:
        return FileKeyKeeper.from_files(*files)
    # Imported here because it needs the vendor's native library, which hosts without a token do not have.
    from services.documents.token_keeper import TokenKeyKeeper

    token = TokenKeyKeeper.from_settings(settings)
    if not files:
        return token
    in_files = FileKeyKeeper.from_files(*files)
    return KeyGenerations(token, in_files) if settings.pkcs11_key else KeyGenerations(in_files, token)


def _key_id_of(key: bytes) -> str:
    return hmac.new(key, b"carnet master key id", hashlib.sha256).hexdigest()[:16]
