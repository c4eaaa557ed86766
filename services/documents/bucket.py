"""The object store: puts, gets and removes encrypted objects; every outage becomes a refusal within seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any, BinaryIO, Protocol, Self, cast
from urllib.parse import SplitResult, urlsplit
from xml.etree.ElementTree import ParseError

import urllib3
from minio import Minio
from minio.credentials.credentials import Credentials
from minio.error import MinioException, S3Error
from minio.signer import sign_v4_s3
from minio.time import to_amz_date
from urllib3.exceptions import HTTPError, ReadTimeoutError

from contracts.errors.execution import ContentDamaged, ServiceUnavailable
from services.documents.settings import DocumentsSettings

_CONNECT_SECONDS = 3
_READ_SECONDS = 8
"""Less than the gateway waits for an answer."""
_POOL = 64
_BLOCK_BYTES = 128 * 1024
_PROBE_SECONDS = 1
_PROBE_KEPT_SECONDS = 5.0


_MISSING_CODES = {"NoSuchKey", "InvalidRange", "InvalidArgument"}
"""S3's codes for an object that is not there or ends before the requested range; some stores answer such a range with
InvalidArgument, for which our requests give no other cause."""


class ObjectMissing(ContentDamaged):
    """The object, or the requested range of it, is not in the store; clients see it as any damage."""


class Source(Protocol):
    """An object being read."""

    def read(self, size: int, /) -> bytes:
        """The next `size` bytes, fewer only at the end; raises ServiceUnavailable."""


class _RetryExceptTimeouts(urllib3.Retry):
    """Retries a connection that broke or was refused; after a read timeout the caller has waited long enough."""

    def increment(self, method: str | None = None, url: str | None = None, *rest: Any, **more: Any) -> Self:
        if isinstance(error := more.get("error"), ReadTimeoutError):
            raise error
        return super().increment(method, url, *rest, **more)


class Bucket:
    """One bucket; connections are opened on first use and kept."""

    def __init__(self, settings: DocumentsSettings) -> None:
        self._name = settings.s3_bucket
        self._region = settings.s3_region
        self._url = f"{'https' if settings.s3_secure else 'http'}://{settings.s3_endpoint}/{settings.s3_bucket}"
        self._credentials = Credentials(settings.s3_access_key, settings.s3_secret_key)
        retries = _RetryExceptTimeouts(total=1, respect_retry_after_header=False)
        self._pool = _pool(_CONNECT_SECONDS, _READ_SECONDS, retries)
        self._client = _client(settings, self._pool)
        self._probe_client = _client(settings, _pool(_PROBE_SECONDS, _PROBE_SECONDS, urllib3.Retry(total=0)))
        self._last_probe: tuple[float, bool] = (0.0, False)

    def put(self, key: str, data: BinaryIO, size: int, sha256: str) -> None:
        """Store `size` bytes with this SHA-256 (hex); they are durable when this returns.

        One streamed request: minio's put_object would hash the bytes a second time, and of a large object hold 5 MiB
        in memory and leave parts behind after a crash.

        Raises:
            ServiceUnavailable: the store is away or refused; it may hold the object all the same.
        """
        url = urlsplit(f"{self._url}/{key}")
        headers = self._signed("PUT", url, sha256) | {"Content-Length": str(size)}
        with _outages_refused():
            answer = self._pool.request("PUT", url.geturl(), body=data, headers=headers)
        if answer.status != 200:
            raise ServiceUnavailable

    def _signed(self, method: str, url: SplitResult, sha256: str) -> dict[str, str]:
        now = datetime.now(UTC)
        signed = sign_v4_s3(
            method=method,
            url=url,
            region=self._region,
            headers={"Host": url.netloc, "x-amz-content-sha256": sha256, "x-amz-date": to_amz_date(now)},
            credentials=self._credentials,
            content_sha256=sha256,
            date=now,
        )
        return cast(dict[str, str], signed)

    @contextmanager
    def reading(self, key: str, start: int = 0, size: int = 0) -> Iterator[Source]:
        """Read an object: `size` bytes from `start`, or without a size everything.

        Raises:
            ObjectMissing: it is not there. ServiceUnavailable.
        """
        with _outages_refused():
            try:
                response = self._client.get_object(self._name, key, start, size)
            except S3Error as error:
                if error.code in _MISSING_CODES:
                    raise ObjectMissing from None
                raise
        ended = False
        try:
            yield _ObjectSource(response)
            ended = True
        finally:
            # Unread bytes would be taken for the next answer on this connection.
            if not ended:
                response.close()
            response.release_conn()

    def remove(self, key: str) -> None:
        """Remove an object; one that is not there is removed already.

        Raises:
            ServiceUnavailable.
        """
        with _outages_refused():
            self._client.remove_object(self._name, key)

    def is_reachable(self) -> bool:
        """Whether the store answers and has the bucket; probed at most every few seconds."""
        at, answer = self._last_probe
        if monotonic() - at > _PROBE_KEPT_SECONDS:
            answer = self._probe()
            self._last_probe = (monotonic(), answer)
        return answer

    def _probe(self) -> bool:
        try:
            with _outages_refused():
                return self._probe_client.bucket_exists(self._name)
        except ServiceUnavailable:
            return False


class _ObjectSource:
    def __init__(self, response: Any) -> None:
        self._response = response

    def read(self, size: int, /) -> bytes:
        with _outages_refused():
            return cast(bytes, self._response.read(size))


@contextmanager
def _outages_refused() -> Iterator[None]:
    """Errors of the store become ServiceUnavailable.

    minio-py raises its own errors for what S3 answered (InvalidResponseError where that is not XML), ParseError where
    it is broken XML, and urllib3's errors for everything on the way.
    """
    try:
        yield
    except (MinioException, HTTPError, ParseError):
        raise ServiceUnavailable from None


def _pool(connect: float, read: float, retries: urllib3.Retry) -> urllib3.PoolManager:
    return urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=connect, read=read),
        maxsize=_POOL,
        retries=retries,
        blocksize=_BLOCK_BYTES,
    )


def _client(settings: DocumentsSettings, pool: urllib3.PoolManager) -> Minio:
    return Minio(
        settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        region=settings.s3_region,
        secure=settings.s3_secure,
        http_client=pool,
    )
