"""Who holds the master keys: one that is active, and the generations before it that still open what they wrapped."""

import hashlib
import hmac
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from chassis.settings import SettingsError
from contracts.errors import ContentDamaged
from services.documents.domain import WrappedKey
from services.documents.settings import MasterKeySettings

_KEY_SIZE = 32


class KeyKeeper(Protocol):
    """Who holds the master keys, and lends their use only."""

    @property
    def active(self) -> str:
        """The generation that wraps; each wrapped key names its own as `key_id`."""

    def holds(self, key_id: str) -> bool:
        """Whether what this generation wrapped can be opened.

        Raises:
            ServiceUnavailable: it cannot be asked.
        """

    def wrap(self, data_key: bytes) -> WrappedKey:
        """Seal a data key under the active generation.

        Raises:
            ServiceUnavailable.
        """

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        """The data key again.

        Raises:
            ContentDamaged: not sealed by a key this keeper holds, or changed since. ServiceUnavailable.
        """


class FileKeyKeeper:
    """Master keys in files: for development, and hosts whose platform guards the files.

    A generation is named by a fingerprint of its key. Keys are wrapped as RFC 3394 says: it needs no nonce, so a
    master key never wears out.
    """

    def __init__(self, active: bytes, *older: bytes) -> None:
        if any(len(key) != _KEY_SIZE for key in (active, *older)):
            raise ValueError(f"a master key has {_KEY_SIZE} bytes")
        self._keys = {_name_of(key): key for key in (active, *older)}
        self._active = _name_of(active)

    @classmethod
    def from_files(cls, active: Path, *older: Path) -> "FileKeyKeeper":
        """Read the 32 bytes of each key.

        Raises:
            SettingsError: a file cannot be read, or holds something else.
        """
        try:
            return cls(active.read_bytes(), *(file.read_bytes() for file in older))
        except (OSError, ValueError) as error:
            raise SettingsError(f"CARNET_MASTER_KEY_FILE, CARNET_OLDER_MASTER_KEY_FILES: {error}") from None

    @property
    def active(self) -> str:
        """The generation that wraps."""
        return self._active

    def holds(self, key_id: str) -> bool:
        """Whether the key is among the files."""
        return key_id in self._keys

    def wrap(self, data_key: bytes) -> WrappedKey:
        """Seal a data key."""
        return WrappedKey(key_id=self._active, sealed=aes_key_wrap(self._keys[self._active], data_key))

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        """The data key again; raises ContentDamaged."""
        if not self.holds(wrapped.key_id):
            raise ContentDamaged
        try:
            return aes_key_unwrap(self._keys[wrapped.key_id], wrapped.sealed)
        except (InvalidUnwrap, ValueError):
            raise ContentDamaged from None


class KeyGenerations:
    """One keeper that follows on another: the first wraps, the other only opens what it wrapped before."""

    def __init__(self, keeper: KeyKeeper, before: KeyKeeper) -> None:
        self._keeper = keeper
        self._before = before

    @property
    def active(self) -> str:
        """The generation that wraps."""
        return self._keeper.active

    def holds(self, key_id: str) -> bool:
        """Whether one of the two does."""
        return self._before.holds(key_id) or self._keeper.holds(key_id)

    def wrap(self, data_key: bytes) -> WrappedKey:
        """Seal a data key."""
        return self._keeper.wrap(data_key)

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        """The data key again; raises ContentDamaged, ServiceUnavailable."""
        return (self._before if self._before.holds(wrapped.key_id) else self._keeper).unwrap(wrapped)


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
    # The library is native code of the token's maker: only who has one loads it.
    from services.documents.token_keeper import TokenKeyKeeper

    token = TokenKeyKeeper.from_settings(settings)
    if not files:
        return token
    in_files = FileKeyKeeper.from_files(*files)
    return KeyGenerations(token, in_files) if settings.pkcs11_key else KeyGenerations(in_files, token)


def _name_of(key: bytes) -> str:
    return hmac.new(key, b"carnet master key id", hashlib.sha256).hexdigest()[:16]
