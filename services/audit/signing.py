"""Signatures of tree heads, by a private Ed25519 JWK."""

from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from chassis.settings import SettingsError
from services.audit.domain.breaks import Break
from services.audit.domain.notes import Head, Note, Verifier, note_of, note_of_text


class HeadSigner:
    """Signs heads under the journal's origin."""

    def __init__(self, key: Ed25519PrivateKey, origin: str) -> None:
        if not origin or "+" in origin or any(char.isspace() for char in origin):
            raise SettingsError("the origin of the journal has no space and no plus sign")
        self._key = key
        self.verifier = Verifier(name=origin, public=key.public_key().public_bytes_raw())

    @classmethod
    def from_file(cls, path: Path, origin: str) -> "HeadSigner":
        """Read a private JWK.

        Raises:
            SettingsError: it is another kind of key, or the origin is not allowed in a note.
        """
        try:
            key = OKPKey.import_key(msgspec.json.decode(path.read_bytes())).private_key
        except (ValueError, TypeError, KeyError, JoseError):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise SettingsError(f"CARNET_HEAD_KEY: {path} is no private Ed25519 JWK: mount the key of this journal")
        return cls(key, origin)

    def sign(self, head: Head) -> str:
        """The signed note of a head."""
        return note_of(head, self.verifier, self._key.sign(head.text.encode()))

    def sign_break(self, declared: Break) -> str:
        """The signed note of a break."""
        return note_of_text(declared.text, self.verifier, self._key.sign(declared.text.encode()))

    def has_signed(self, note: Note) -> bool:
        """Whether a note has a valid signature by this key."""
        return is_signed_by(note, self.verifier)


def is_signed_by(note: Note, verifier: Verifier) -> bool:
    """Whether a note has a valid signature by this key."""
    signature = note.signature_by(verifier)
    if signature is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature, note.text.encode())
    except InvalidSignature:
        return False
    return True
