"""The servers with the documents service, once for all tests of this directory."""

from collections.abc import Iterator

import pytest

from tests.integration.documents.fake_records import FakeHeldContents
from tests.integration.documents.stack import DocumentsStack
from tests.support.ports import base_port

BASE_PORT = base_port(29_300)


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentsStack]:
    """The service, running."""
    stack = DocumentsStack(tmp_path_factory.mktemp("stack"), BASE_PORT)
    try:
        stack.start_servers()
        stack.start()
        yield stack
    finally:
        stack.stop_all()


@pytest.fixture
def records(stack: DocumentsStack) -> Iterator[FakeHeldContents]:
    """Answers which contents documents hold: none, unless the test says so."""
    records = FakeHeldContents(stack.addresses.amqp_url)
    yield records
    records.close()


@pytest.fixture
def unchanged(stack: DocumentsStack) -> Iterator[None]:
    """The test leaves no object and no row behind."""

    def objects_and_rows() -> tuple[set[str], int]:
        [count] = stack.rows("SELECT count(*) AS contents FROM contents")
        return stack.objects(), count["contents"]

    objects, rows = objects_and_rows()
    yield
    # The sweep may meanwhile remove what an earlier test left.
    left_objects, left_rows = objects_and_rows()
    assert left_objects <= objects
    assert left_rows <= rows
