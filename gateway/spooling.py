"""Spooling of contents to one temporary file a request, encrypted under keys that exist only in memory."""

import os
import secrets
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from litestar.types import Receive

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


class SpooledContent:
    """A content in a request's spool; `size`: bytes of it so far."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._start = spool.size
        self._cipher = Cipher(AES(secrets.token_bytes(32)), CTR(secrets.token_bytes(16)))
        self._encryptor = self._cipher.encryptor()
        self.size = 0

    def write(self, plain: bytes) -> None:
        """Store more of the content."""
        self.size += len(plain)
        self._spool.write(self._encryptor.update(plain))

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
