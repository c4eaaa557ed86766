"""Clinical data of a content between two readings: sealed under a key of their own, made from the content's."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from contracts.vocabulary import ContentId

MOST_BYTES = 1_000_000
"""Of the clinical data of one content that are kept, and read together with others; a long summary has 10,000."""
_LABEL = b"carnet clinical data"
_KEY_SIZE, _NONCE_SIZE = 32, 12


def seal(data: bytes, data_key: bytes, content_id: ContentId, edition: str) -> bytes:
    """The nonce, then the data encrypted; bound to their content and to the edition of the code that read them."""
    nonce = os.urandom(_NONCE_SIZE)
    return nonce + _cipher(data_key).encrypt(nonce, data, _bound_to(content_id, edition))


def opened(sealed: bytes, data_key: bytes, content_id: ContentId, edition: str) -> bytes | None:
    """The data, or None if they are not what was sealed: they are read from the content again."""
    try:
        return _cipher(data_key).decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], _bound_to(content_id, edition))
    except (InvalidTag, ValueError):
        return None


def _cipher(data_key: bytes) -> AESGCM:
    # The data key itself seals the frames of the content, by numbered nonces.
    return AESGCM(HKDFExpand(SHA256(), _KEY_SIZE, _LABEL).derive(data_key))


def _bound_to(content_id: ContentId, edition: str) -> bytes:
    return content_id.bytes + edition.encode()
