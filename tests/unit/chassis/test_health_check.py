"""The health check of a container: ready, not ready, not there."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from chassis.health_check import is_ready


@contextmanager
def answering(status: int) -> Iterator[str]:
    """A process whose readiness is this status; gives its CARNET_HTTP_ADDRESS in a container."""

    class Process(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health/ready" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = HTTPServer(("127.0.0.1", 0), Process)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"0.0.0.0:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False), (404, False)])
def test_a_container_is_healthy_once_its_process_is_ready(status: int, ready: bool) -> None:
    with answering(status) as address:
        assert is_ready(address) == ready


def test_a_container_whose_process_does_not_answer_is_not_healthy() -> None:
    with answering(200) as address:
        pass
    assert not is_ready(address)
