"""Content that comes inside JSON, taken out of it on its way: decoded, and kept sealed under a key of the moment."""

import secrets
from binascii import Error, a2b_base64
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from litestar.types import Receive

from contracts.errors import InvalidRequest

_CHUNK = 1 << 16


class SpooledPart:
    """Bytes that came as base64; the file they wait in holds nothing readable, and its key is nowhere else."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115
        self._cipher = Cipher(AES(secrets.token_bytes(32)), CTR(secrets.token_bytes(16)))
        self._sealer = self._cipher.encryptor()
        self._rest = b""
        self._is_padded = False
        self.size = 0

    def feed(self, encoded: bytes) -> None:
        """Take more base64; raises InvalidRequest when it is none."""
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
        self._file.write(self._sealer.update(plain))

    def finish(self) -> None:
        """No more comes; raises InvalidRequest when it was cut."""
        if self._rest:
            raise InvalidRequest(field="data")

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def receive(self) -> Receive:
        """The bytes as the body of a request."""
        chunks = self._chunks()

        async def receive() -> Any:
            chunk = next(chunks, b"")
            return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}

        return receive

    def _chunks(self) -> Iterator[bytes]:
        opener = self._cipher.decryptor()
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            yield opener.update(chunk)
