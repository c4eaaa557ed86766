"""Object store of the stack: nanio, an S3 server that stores objects on disk."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import urllib3
from minio import Minio
from minio.error import MinioException
from urllib3.exceptions import HTTPError

from deploy.dev.parts import RANK_OF_SERVERS, StackPart
from deploy.dev.ports import HOST
from deploy.dev.processes import Command


@dataclass(frozen=True)
class ObjectStore:
    """An S3 endpoint (host:port), its keys and one bucket."""

    endpoint: str
    access_key: str
    secret_key: str
    region: str
    bucket: str
    secure: bool

    def ensure_bucket(self) -> None:
        """Create the bucket if it does not exist."""
        client = self._client()
        if not client.bucket_exists(self.bucket):
            client.make_bucket(self.bucket, self.region)

    def is_ready(self) -> bool:
        """Whether the store accepts these keys."""
        try:
            self._client().bucket_exists(self.bucket)
        except (MinioException, HTTPError):
            return False
        return True

    def is_empty(self) -> bool:
        """Whether the bucket is there and has no object.

        Raises:
            MinioException, HTTPError: the store does not answer, or refuses.
        """
        client = self._client()
        return client.bucket_exists(self.bucket) and next(iter(client.list_objects(self.bucket)), None) is None

    def _client(self) -> Minio:
        return Minio(
            self.endpoint,
            access_key=self.access_key,
            secret_key=self.secret_key,
            region=self.region,
            secure=self.secure,
            http_client=urllib3.PoolManager(timeout=urllib3.Timeout(5), retries=False),
        )


def nanio(store: ObjectStore, directory: Path, port: int) -> StackPart:
    """The private server of `store`."""
    command = Command(
        name="object-store",
        arguments=(
            *(sys.executable, "-m", "nanio", "serve", "--no-access-log"),
            *("--host", HOST, "--port", str(port), "--region", store.region),
            *("--data-dir", str(directory)),
        ),
        environment={
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(directory),
            "NANIO_ACCESS_KEY": store.access_key,
            "NANIO_SECRET_KEY": store.secret_key,
        },
        rank=RANK_OF_SERVERS,
        directory=Path("/"),
    )
    return StackPart(command, store.is_ready)
