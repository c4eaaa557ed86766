"""The servers with the documents service, once for all tests of this directory."""

from collections.abc import Iterator

import pytest

from tests.integration.documents.stack import DocumentsStack

BASE_PORT = 29_300


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentsStack]:
    """Documents, up."""
    stack = DocumentsStack(tmp_path_factory.mktemp("house"), BASE_PORT)
    try:
        stack.start_servers()
        stack.start()
        yield stack
    finally:
        stack.stop()
        stack.stack.stop()


@pytest.fixture
def unchanged(stack: DocumentsStack) -> Iterator[None]:
    """The test leaves no object and no row behind."""

    def stored() -> tuple[set[str], int]:
        [rows] = stack.rows("SELECT count(*) AS many FROM contents")
        return stack.objects(), rows["many"]

    before = stored()
    yield
    assert stored() == before
