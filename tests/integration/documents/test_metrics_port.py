"""With a port of metrics, the data plane shows neither metrics nor what is missing."""

from collections.abc import Iterator

import pytest
import requests

from tests.integration.documents.stack import DocumentsStack
from tests.support.ports import free_port


@pytest.fixture
def apart(stack: DocumentsStack) -> Iterator[str]:
    """The port of metrics of the service."""
    address = f"127.0.0.1:{free_port()}"
    stack.stop()
    stack.start(metrics_address=address)
    yield f"http://{address}"
    stack.stop()
    stack.start()


def test_metrics_and_what_is_missing_are_on_their_own_port(stack: DocumentsStack, apart: str) -> None:
    def get(path: str) -> requests.Response:
        return requests.get(path, timeout=10)

    assert get(f"{stack.url}/metrics").status_code == 404
    assert get(f"{stack.url}/health/ready").json() == {"service": "documents"}
    assert "carnet_unit_seconds" in get(f"{apart}/metrics").text
    assert get(f"{apart}/health/ready").json() == {"service": "documents", "missing": []}
    assert get(f"{apart}/health/live").status_code == 200
    assert get(f"{apart}/contents").status_code == 404
