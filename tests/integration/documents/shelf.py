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
from services.documents.domain import Content, object_key
from services.documents.keepers import KeyKeeper
from services.documents.scanning import Inspection, Scanner
from services.documents.settings import DocumentsSettings
from services.documents.store import DocumentStore
from services.documents.transfer import Arrived
from services.documents.vault import FRAME_SIZE, Frames, new_data_key
from tests.integration.documents.house import House


class Shelf:
    """One database of documents beside the house's own, and the house's object store."""

    def __init__(self, house: House, url: str) -> None:
        self.url = url
        self.store = house.addresses.object_store
        self.bucket = Bucket(
            DocumentsSettings(
                s3_endpoint=self.store.endpoint,
                s3_access_key=self.store.access_key,
                s3_secret_key=self.store.secret_key,
                s3_region=self.store.region,
                s3_bucket=self.store.bucket,
                s3_secure=self.store.secure,
            )
        )

    def bring_in(self, document: bytes, keeper: KeyKeeper) -> Content:
        """Encrypt, put, and note one content."""
        data_key, content_id = new_data_key(), ContentId(uuid4())
        with Arrived(Frames(data_key, content_id), Inspection(Scanner())) as arrived:
            arrived.take(BytesIO(document), len(document))
            content = Content(
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

    def note(self, *found: Content) -> None:
        """Rows of contents, without their bytes."""
        engine = create_engine(self.url.replace("postgresql://", "postgresql+psycopg2://"), poolclass=NullPool)
        with engine.begin() as connection:
            for content in found:
                DocumentStore(connection).add(content, now=datetime.now(UTC))

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database says."""
        with closing(psycopg2.connect(self.url)) as connection, connection:
            cursor = connection.cursor()
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description is not None else []

    def tell(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Say by the environment where the bytes are, as an operator does."""
        told = {"endpoint": self.store.endpoint, "access_key": self.store.access_key, "region": self.store.region}
        told |= {"secret_key": self.store.secret_key, "bucket": self.store.bucket, "secure": "0"}
        for name, value in told.items():
            monkeypatch.setenv(f"CARNET_S3_{name.upper()}", value)


def a_key(keeper: KeyKeeper) -> Content:
    """A content of which there is but the key."""
    return Content(
        patient_id=PatientId(uuid4()),
        content_id=ContentId(uuid4()),
        object_key="nowhere",
        size=1,
        frame_size=FRAME_SIZE,
        sha256=bytes(32),
        key=keeper.wrap(new_data_key()),
    )


@contextmanager
def shelf_of(house: House, steps: Sequence[str] = ("head",)) -> Iterator[Shelf]:
    """A database as these steps leave it, gone afterwards."""
    admin = psycopg2.connect(house.addresses.database_admin_url)
    admin.autocommit = True
    name = f"test_documents_{uuid4().hex[:12]}"
    with closing(admin), admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            shelf = Shelf(house, f"{house.addresses.database_admin_url.rpartition('/')[0]}/{name}")
            for step in steps:
                bring_to(shelf, step)
            yield shelf
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def bring_to(shelf: Shelf, step: str) -> None:
    """Migrate to a step."""
    before = os.environ.get(migrate.VARIABLE)
    os.environ[migrate.VARIABLE] = shelf.url
    try:
        command.upgrade(migrate.configuration("services.documents"), step)
    finally:
        os.environ.pop(migrate.VARIABLE)
        if before is not None:
            os.environ[migrate.VARIABLE] = before
