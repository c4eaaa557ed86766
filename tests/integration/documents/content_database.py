"""A separate database of contents, for tests of operators' commands that work on all of them."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from contracts.vocabulary import ContentId, PatientId
from services.documents.bucket import Bucket
from services.documents.domain import StoredContent, object_key
from services.documents.keepers import KeyKeeper
from services.documents.repositories.contents import ContentRepository
from services.documents.scanning import ScanSession, VirusScanner
from services.documents.settings import DocumentsSettings
from services.documents.streaming import UploadedContent
from services.documents.vault import FRAME_SIZE, Frames, new_data_key
from tests.integration.documents.stack import DocumentsStack
from tests.support.databases import migrate_database, temporary_database


class ContentDatabase:
    """A database of documents other than the service's, with objects in the stack's store."""

    def __init__(self, stack: DocumentsStack, url: str) -> None:
        self.url = url
        self.object_store = stack.addresses.object_store
        self.bucket = Bucket(
            DocumentsSettings(
                s3_endpoint=self.object_store.endpoint,
                s3_access_key=self.object_store.access_key,
                s3_secret_key=self.object_store.secret_key,
                s3_region=self.object_store.region,
                s3_bucket=self.object_store.bucket,
                s3_secure=self.object_store.secure,
            )
        )

    def upload(self, document: bytes, keeper: KeyKeeper) -> StoredContent:
        """Encrypt, put and insert one content, as the service does."""
        data_key, content_id = new_data_key(), ContentId(uuid4())
        with UploadedContent(Frames(data_key, content_id), ScanSession(VirusScanner())) as uploaded:
            uploaded.read_from(BytesIO(document), len(document))
            content = StoredContent(
                patient_id=PatientId(uuid4()),
                content_id=content_id,
                object_key=object_key(uploaded.sealed_sha256),
                size=uploaded.size,
                frame_size=FRAME_SIZE,
                sha256=uploaded.sha256,
                key=keeper.wrap(data_key),
            )
            self.bucket.put(content.object_key, uploaded.sealed, uploaded.sealed_size, uploaded.sealed_sha256)
        self.insert(content)
        return content

    def insert(self, *contents: StoredContent) -> None:
        """Insert rows of contents, without their objects."""
        engine = create_engine(self.url.replace("postgresql://", "postgresql+psycopg2://"), poolclass=NullPool)
        with engine.begin() as connection:
            for content in contents:
                ContentRepository(connection).add(content, now=datetime.now(UTC))

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a query; its rows, empty if it returns none."""
        with closing(psycopg2.connect(self.url)) as connection, connection:
            cursor = connection.cursor()
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description is not None else []

    def set_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Set CARNET_S3_* to the object store, as an operator does."""
        settings = {
            "endpoint": self.object_store.endpoint,
            "access_key": self.object_store.access_key,
            "secret_key": self.object_store.secret_key,
            "region": self.object_store.region,
            "bucket": self.object_store.bucket,
            "secure": "0",
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"CARNET_S3_{name.upper()}", value)


def content_without_object(keeper: KeyKeeper) -> StoredContent:
    """A row with a wrapped key of its own, and no object."""
    return StoredContent(
        patient_id=PatientId(uuid4()),
        content_id=ContentId(uuid4()),
        object_key="nowhere",
        size=1,
        frame_size=FRAME_SIZE,
        sha256=bytes(32),
        key=keeper.wrap(new_data_key()),
    )


@contextmanager
def content_database(stack: DocumentsStack, revisions: Sequence[str] = ("head",)) -> Iterator[ContentDatabase]:
    """A new database, migrated to each of these revisions in turn, and dropped afterwards."""
    with temporary_database(stack.addresses.database_admin_url) as url:
        for revision in revisions:
            migrate_database(url, "documents", revision)
        yield ContentDatabase(stack, url)
