"""Whether an encrypted PDF opens without a password (ISO 32000-2, 7.6.4: the standard security handler).

Own code, because libraries that read PDFs load 20 MB of code into each process and open the whole file: here two
dictionaries, found as the bytes stream by, are enough.
"""

import hashlib
import re
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

_FILLER = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
"""What completes a password to 32 bytes; all of it, for an empty one."""
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_ESCAPED = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|\r|\n)|(.))|\r\n?", re.DOTALL)
_HEX_STRING = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_PARENTHESIS = re.compile(rb"\\.|[()]", re.DOTALL)
_MD5_REVISIONS = (2, 3, 4)


@dataclass(frozen=True)
class _Handler:
    """The encryption dictionary; `file_id`: the first part of the trailer's ID."""

    revision: int
    key_size: int
    owner: bytes
    user: bytes
    permissions: int
    metadata_encrypted: bool
    file_id: bytes


def opens_without_password(dictionary: bytes, trailer: bytes) -> bool:
    """Whether a reader opens the file with the empty password.

    Args:
        dictionary: the encryption dictionary as it stands in the file. trailer: the dictionary that refers to it.
    """
    if not re.search(rb"/Filter\s*/Standard\b", dictionary):
        return False
    if _encrypts_attachments_only(dictionary):
        return True
    handler = _handler(dictionary, trailer)
    if handler.revision in _MD5_REVISIONS:
        return _opens_by_md5(handler)
    hashed = {5: _sha256, 6: _hardened_hash}.get(handler.revision)
    return hashed is not None and hashed(handler.user[32:40]) == handler.user[:32]


def _handler(dictionary: bytes, trailer: bytes) -> _Handler:
    version = _number(dictionary, b"V", 0)
    bits = {1: 40, 4: 128}.get(version) or _number(dictionary, b"Length", 40)
    return _Handler(
        revision=_number(dictionary, b"R", 0),
        key_size=min(max(bits // 8, 5), 16),
        owner=_string(dictionary, rb"/O\s*(?=[(<])"),
        user=_string(dictionary, rb"/U\s*(?=[(<])"),
        permissions=_number(dictionary, b"P", 0),
        metadata_encrypted=not re.search(rb"/EncryptMetadata\s+false\b", dictionary),
        file_id=_string(trailer, rb"/ID\s*\[\s*(?=[(<])"),
    )


def _encrypts_attachments_only(dictionary: bytes) -> bool:
    """Whether strings and streams are plain (crypt filter Identity, the default): only attachments are encrypted."""
    filters = (re.search(rb"/%b\s*/(\w+)" % name, dictionary) for name in (b"StmF", b"StrF"))
    return _number(dictionary, b"V", 0) >= 4 and all(found is None or found[1] == b"Identity" for found in filters)


def _opens_by_md5(handler: _Handler) -> bool:
    """Algorithms 2, 4 and 5, with the empty password."""
    permissions = (handler.permissions & 0xFFFFFFFF).to_bytes(4, "little")
    unencrypted = b"\xff" * 4 if handler.revision == 4 and not handler.metadata_encrypted else b""
    key = _md5(_FILLER + handler.owner[:32] + permissions + handler.file_id + unencrypted)
    if handler.revision == 2:
        return _rc4(key[:5], _FILLER) == handler.user[:32]
    for _ in range(50):
        key = _md5(key[: handler.key_size])
    key, proof = key[: handler.key_size], _md5(_FILLER + handler.file_id)
    for step in range(20):
        proof = _rc4(bytes(byte ^ step for byte in key), proof)
    return proof == handler.user[:16]


def _hardened_hash(salt: bytes) -> bytes:
    """Algorithm 2.B, with the empty password."""
    found, number = _sha256(salt), 0
    while True:
        cipher = Cipher(AES(found[:16]), CBC(found[16:32])).encryptor()
        encrypted = cipher.update(found * 64)
        found = (_sha256, _sha384, _sha512)[sum(encrypted[:16]) % 3](encrypted)
        number += 1
        if number >= 64 and encrypted[-1] <= number - 32:
            return found[:32]


def _md5(message: bytes) -> bytes:
    return hashlib.md5(message, usedforsecurity=False).digest()


def _sha256(message: bytes) -> bytes:
    return hashlib.sha256(message).digest()


def _sha384(message: bytes) -> bytes:
    return hashlib.sha384(message).digest()


def _sha512(message: bytes) -> bytes:
    return hashlib.sha512(message).digest()


def _rc4(key: bytes, message: bytes) -> bytes:
    return Cipher(ARC4(key), mode=None).encryptor().update(message)


def _number(dictionary: bytes, name: bytes, default: int) -> int:
    found = re.search(rb"/%b\s+(-?\d{1,10})(?!\d)" % name, dictionary)
    return int(found[1]) if found else default


def _string(dictionary: bytes, before: bytes) -> bytes:
    """The string (ISO 32000-2, 7.3.4) behind a name; empty if there is none."""
    found = re.search(before, dictionary)
    if not found:
        return b""
    if written := _HEX_STRING.match(dictionary, found.end()):
        digits = b"".join(written[1].split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    return _ESCAPED.sub(_unescaped, _literal(dictionary, found.end()))


def _literal(dictionary: bytes, start: int) -> bytes:
    """What stands between the parenthesis at `start` and the one that closes it."""
    depth = 0
    for found in _PARENTHESIS.finditer(dictionary, start):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if depth == 0:
            return dictionary[start + 1 : found.start()]
    return b""


def _unescaped(found: re.Match[bytes]) -> bytes:
    octal, line_end, letter = found.groups()
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    if line_end:
        return b""
    return _ESCAPES.get(letter, letter) if letter else b"\n"
