"""Spooling of base64 content to a temporary file, encrypted under a key that exists only in memory."""

import secrets
from binascii import Error, a2b_base64
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from litestar.types import Receive

from contracts.errors.request import InvalidRequest

_CHUNK = 1 << 16


class SpooledPart:
    """Decoded base64 in an encrypted temporary file; `size`: bytes decoded so far."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115
        self._cipher = Cipher(AES(secrets.token_bytes(32)), CTR(secrets.token_bytes(16)))
        self._encryptor = self._cipher.encryptor()
        self._rest = b""
        self._is_padded = False
        self.size = 0

    def feed(self, encoded: bytes) -> None:
        """Decode and store more base64; raises InvalidRequest for anything else."""
        whole = self._rest + encoded
        cut = len(whole) - len(whole) % 4
        self._rest = whole[cut:]
        if cut == 0:
            return
        if self._is_padded:
            raise InvalidRequest(field="data")
        self._is_padded = whole[cut - 1 : cut] == b"="
        try:
            plain = a2b_base64(whole[:cut], strict_mode=True)
        except Error:
            raise InvalidRequest(field="data") from None
        self.size += len(plain)
        self._file.write(self._encryptor.update(plain))

    def finish(self) -> None:
        """End the part; raises InvalidRequest if the base64 is incomplete."""
        if self._rest:
            raise InvalidRequest(field="data")

    def close(self) -> None:
        """Delete the file."""
        self._file.close()

    def receive(self) -> Receive:
        """The bytes as an ASGI receive, like the body of a request."""
        chunks = self._chunks()

        async def receive() -> Any:
            chunk = next(chunks, b"")
            return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}

        return receive

    def _chunks(self) -> Iterator[bytes]:
        decryptor = self._cipher.decryptor()
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            yield decryptor.update(chunk)
