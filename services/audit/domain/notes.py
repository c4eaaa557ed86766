"""Tree heads as signed notes (C2SP tlog-checkpoint, signed-note): text, keys, parsing."""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from services.audit.domain.merkle import HASH_SIZE

ED25519 = b"\x01"
"""The signature type of Ed25519 in a note."""
_KEY_HASH_SIZE = 4
_PUBLIC_SIZE = 32
TIME = "%Y-%m-%dT%H:%M:%SZ"
"""How a note writes a time in UTC."""
_SIGNATURE_LINE = re.compile(r"^— (\S+) (\S+)$")
_TEXT = re.compile(r"^(\S+)\n(0|[1-9][0-9]*)\n(\S+)\nat (\S+)\n$")


class NoteInvalid(ValueError):
    """Not a note of a tree head, or not a verifier key: its syntax, not its signature."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the tree at one size; `at` in UTC, whole seconds."""

    origin: str
    size: int
    root: bytes
    at: datetime

    @property
    def text(self) -> str:
        """The text that is signed."""
        at = self.at.astimezone(UTC).strftime(TIME)
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\nat {at}\n"


class Verifier(msgspec.Struct, frozen=True, kw_only=True):
    """A public key that signs heads under a name; `public` is the 32 bytes of an Ed25519 key."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """Identifies this key in a signature; 4 bytes."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:_KEY_HASH_SIZE]

    @property
    def text(self) -> str:
        """`name+<key hash in hex>+<base64 of type and key>`"""
        return f"{self.name}+{self.key_hash.hex()}+{b64encode(ED25519 + self.public).decode()}"


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed note; `text`: what was signed, `signatures`: by (name, key hash), not yet checked."""

    text: str
    head: Head
    signatures: dict[tuple[str, bytes], bytes]

    def signature_by(self, verifier: Verifier) -> bytes | None:
        """The signature that claims this key, not yet checked."""
        return self.signatures.get((verifier.name, verifier.key_hash))


def note_of(head: Head, verifier: Verifier, signature: bytes) -> str:
    """The note of a head with one signature."""
    return note_of_text(head.text, verifier, signature)


def note_of_text(text: str, verifier: Verifier, signature: bytes) -> str:
    """The note of any text with one signature."""
    encoded = b64encode(verifier.key_hash + signature).decode()
    return f"{text}\n— {verifier.name} {encoded}\n"


def note_from(note: str) -> Note:
    """Parse a signed note.

    Raises:
        NoteInvalid: not a note, or not of a head.
    """
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise NoteInvalid("no signatures")
    signatures = dict(_signature(line) for line in lines[:-1].split("\n"))
    return Note(text=f"{text}\n", head=head_from(f"{text}\n"), signatures=signatures)


def head_from(text: str) -> Head:
    """Parse the text of a head.

    Raises:
        NoteInvalid.
    """
    match = _TEXT.match(text)
    if match is None:
        raise NoteInvalid("not a head")
    root = root_from(match[3])
    try:
        at = datetime.strptime(match[4], TIME).replace(tzinfo=UTC)
    except ValueError:
        raise NoteInvalid("not a time") from None
    return Head(origin=match[1], size=int(match[2]), root=root, at=at)


def root_from(text: str) -> bytes:
    """A root hash in base64.

    Raises:
        NoteInvalid.
    """
    root = _decoded(text)
    if len(root) != HASH_SIZE:
        raise NoteInvalid("not a root")
    return root


def verifier_from(text: str) -> Verifier:
    """Parse a verifier key.

    Raises:
        NoteInvalid: not a verifier key, not Ed25519, or its hash is wrong.
    """
    name, _, rest = text.strip().partition("+")
    _, _, encoded = rest.partition("+")
    key = _decoded(encoded)
    if key[:1] != ED25519 or len(key) != 1 + _PUBLIC_SIZE:
        raise NoteInvalid("not an Ed25519 key")
    verifier = Verifier(name=name, public=key[1:])
    if verifier.text != text.strip():
        raise NoteInvalid("the key's hash is wrong")
    return verifier


def _signature(line: str) -> tuple[tuple[str, bytes], bytes]:
    match = _SIGNATURE_LINE.match(line)
    if match is None:
        raise NoteInvalid("not a signature line")
    signature = _decoded(match[2])
    return (match[1], signature[:_KEY_HASH_SIZE]), signature[_KEY_HASH_SIZE:]


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise NoteInvalid("not base64") from None
