"""Contents in a database of their own, brought in as the service does, and their keys."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
from alembic import command
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from chassis import migrate
from contracts.vocabulary import ContentId, PatientId
from services.documents.bucket import Bucket
from services.documents.domain import StoredContent, object_key
from services.documents.keepers import KeyKeeper
from services.documents.repositories import ContentRepository
from services.documents.scanning import Inspection, VirusScanner
from services.documents.settings import DocumentsSettings
from services.documents.transfer import UploadedContent
from services.documents.vault import FRAME_SIZE, Frames, new_data_key
from tests.integration.documents.stack import DocumentsStack


class ContentHarness:
    """One database of documents beside the house's own, and the house's object store."""

    def __init__(self, stack: DocumentsStack, url: str) -> None:
        self.url = url
        self.contents = stack.addresses.object_store
        self.bucket = Bucket(
            DocumentsSettings(
                s3_endpoint=self.contents.endpoint,
                s3_access_key=self.contents.access_key,
                s3_secret_key=self.contents.secret_key,
                s3_region=self.contents.region,
                s3_bucket=self.contents.bucket,
                s3_secure=self.contents.secure,
            )
        )

    def upload(self, document: bytes, keeper: KeyKeeper) -> StoredContent:
        """Encrypt, put, and note one content."""
        data_key, content_id = new_data_key(), ContentId(uuid4())
        with UploadedContent(Frames(data_key, content_id), Inspection(VirusScanner())) as arrived:
            arrived.take(BytesIO(document), len(document))
            content = StoredContent(
                patient_id=PatientId(uuid4()),
                content_id=content_id,
                object_key=object_key(arrived.sealed_sha256),
                size=arrived.size,
                frame_size=FRAME_SIZE,
                sha256=arrived.sha256,
                key=keeper.wrap(data_key),
            )
            self.bucket.put(content.object_key, arrived.sealed, arrived.sealed_size, arrived.sealed_sha256)
        self.note(content)
        return content

    def note(self, *found: StoredContent) -> None:
        """Rows of contents, without their bytes."""
        engine = create_engine(self.url.replace("postgresql://", "postgresql+psycopg2://"), poolclass=NullPool)
        with engine.begin() as connection:
            for content in found:
                ContentRepository(connection).add(content, now=datetime.now(UTC))

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database says."""
        with closing(psycopg2.connect(self.url)) as connection, connection:
            cursor = connection.cursor()
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description is not None else []

    def tell(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Say by the environment where the bytes are, as an operator does."""
        told = {
            "endpoint": self.contents.endpoint,
            "access_key": self.contents.access_key,
            "region": self.contents.region,
        }
        told |= {"secret_key": self.contents.secret_key, "bucket": self.contents.bucket, "secure": "0"}
        for name, value in told.items():
            monkeypatch.setenv(f"CARNET_S3_{name.upper()}", value)


def a_key(keeper: KeyKeeper) -> StoredContent:
    """A content of which there is but the key."""
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
def harness_of(stack: DocumentsStack, steps: Sequence[str] = ("head",)) -> Iterator[ContentHarness]:
    """A database as these steps leave it, gone afterwards."""
    admin = psycopg2.connect(stack.addresses.database_admin_url)
    admin.autocommit = True
    name = f"test_documents_{uuid4().hex[:12]}"
    with closing(admin), admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            harness = ContentHarness(stack, f"{stack.addresses.database_admin_url.rpartition('/')[0]}/{name}")
            for step in steps:
                upload_to(harness, step)
            yield harness
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def upload_to(harness: ContentHarness, step: str) -> None:
    """Migrate to a step."""
    before = os.environ.get(migrate.VARIABLE)
    os.environ[migrate.VARIABLE] = harness.url
    try:
        command.upgrade(migrate.configuration("services.documents"), step)
    finally:
        os.environ.pop(migrate.VARIABLE)
        if before is not None:
            os.environ[migrate.VARIABLE] = before
