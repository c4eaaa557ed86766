"""A gateway process for tests, with an HTTP client."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.support.ports import free_port
from tests.support.waiting import wait_until

CHECKOUT = Path(__file__).resolve().parents[3]
HOST = "127.0.0.1"
_TIMEOUT_SECONDS = 15.0
_START_SECONDS = 60.0


@dataclass(frozen=True)
class HttpReply:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Gateway:
    """`python -m gateway` on a free port."""

    def __init__(
        self,
        *,
        amqp_url: str,
        documents_url: str,
        trusted_keys: Path,
        stall_seconds: float = 30,
        request_seconds: float = 60,
        public_url: str = "",
        anonymous_per_minute: int = 0,
        has_metrics: bool = True,
    ) -> None:
        self.port, self.metrics_port = free_port(), free_port()
        self.url = f"http://{HOST}:{self.port}"
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 closed with the process
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(CHECKOUT),
            "CARNET_SERVICE": "gateway",
            "CARNET_AMQP_URL": amqp_url,
            "CARNET_TRUSTED_KEYS": str(trusted_keys),
            "CARNET_HTTP_ADDRESS": f"{HOST}:{self.port}",
            "CARNET_PUBLIC_URL": public_url or self.url,
            "CARNET_DOCUMENTS_URL": documents_url,
            "CARNET_STALL_SECONDS": str(stall_seconds),
            "CARNET_REQUEST_SECONDS": str(request_seconds),
            "CARNET_STRANGERS_A_MINUTE": str(anonymous_per_minute),
        }
        if has_metrics:
            environment["CARNET_METRICS_ADDRESS"] = f"{HOST}:{self.metrics_port}"
        self.process = subprocess.Popen(
            (sys.executable, "-m", "gateway"),
            cwd=CHECKOUT,
            env=environment,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )

    def wait_until(self, path: str = "/health/ready") -> "Gateway":
        """Wait until `path` answers 200."""
        wait_until(lambda: self._answers(path), f"200 from {path}", _START_SECONDS)
        return self

    def _answers(self, path: str) -> bool:
        try:
            return self.request("GET", path).status == 200
        except OSError:
            return False

    def stop(self) -> int:
        """Stop the process with SIGTERM; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_TIMEOUT_SECONDS)

    def end(self) -> None:
        """Stop the process if it still runs, and close its log."""
        if self.process.poll() is None:
            self.stop()
        self._output.close()

    def log(self) -> list[dict[str, Any]]:
        """Every log line so far."""
        # pread, since the process shares the file offset: seeking would move where it writes next.
        written = os.pread(self._output.fileno(), os.fstat(self._output.fileno()).st_size, 0)
        return [json.loads(line) for line in written.splitlines(keepends=True) if line.endswith(b"\n")]

    def request(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        json_body: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpReply:
        """Send one request on a new connection."""
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if json_body is not None:
            body = json.dumps(json_body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(HOST, self.port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return HttpReply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def missing(self) -> list[str]:
        """What the port of metrics says is missing."""
        found: list[str] = requests.get(f"http://{HOST}:{self.metrics_port}/health/ready", timeout=10).json()[
            "missing"
        ]
        return found

    def metrics(self) -> str:
        """All metrics as text."""
        return requests.get(f"http://{HOST}:{self.metrics_port}/metrics", timeout=10).text

    def raw(self, sent: bytes) -> bytes:
        """Send raw bytes; returns everything received until the gateway closes the connection."""
        with self.connect() as connection:
            connection.sendall(sent)
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
            return received

    def connect(self) -> socket.socket:
        """Open a TCP connection."""
        return socket.create_connection((HOST, self.port), timeout=_TIMEOUT_SECONDS)
