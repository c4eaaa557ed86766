"""Spooling of base64 content to one temporary file a request, encrypted under keys that exist only in memory."""

import os
import secrets
from binascii import Error, a2b_base64
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from litestar.types import Receive

from contracts.errors.request import InvalidRequest

_CHUNK = 1 << 16


class Spool:
    """The temporary file of one request, made when there is something to write; its parts follow one another."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self.size = 0

    def write(self, encrypted: bytes) -> None:
        """Append to the part that is being written, the last one."""
        if self._file is None:
            self._file = TemporaryFile(buffering=0)  # noqa: SIM115
        view = memoryview(encrypted)
        while view:
            view = view[self._file.write(view) :]
        self.size += len(encrypted)

    def read(self, start: int, count: int) -> bytes:
        """Bytes from an offset on; independent of other readers."""
        return os.pread(self._file.fileno(), count, start) if self._file else b""

    def close(self) -> None:
        """Delete the file."""
        if self._file is not None:
            self._file.close()


class SpooledPart:
    """Decoded base64 in a request's spool; `size`: bytes decoded so far."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._start = spool.size
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
        self._spool.write(self._encryptor.update(plain))

    def finish(self) -> None:
        """End the part; raises InvalidRequest if the base64 is incomplete."""
        if self._rest:
            raise InvalidRequest(field="data")

    def receive(self) -> Receive:
        """The bytes as an ASGI receive, like the body of a request."""
        chunks = self._chunks()

        async def receive() -> Any:
            chunk = next(chunks, b"")
            return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}

        return receive

    def _chunks(self) -> Iterator[bytes]:
        decryptor = self._cipher.decryptor()
        for offset in range(0, self.size, _CHUNK):
            yield decryptor.update(self._spool.read(self._start + offset, min(_CHUNK, self.size - offset)))
