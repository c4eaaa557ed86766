"""A gateway process of the tests' own, and a client that talks to it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[3]
HOST = "127.0.0.1"
_PATIENCE = 15.0


@dataclass(frozen=True)
class HttpReply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Gateway:
    """`python -m gateway` on a free port; `log()` are its lines so far."""

    def __init__(
        self, *, amqp_url: str, documents_url: str, trusted_keys: Path, stall_seconds: float = 30, strangers: int = 0
    ) -> None:
        self.port = free_port()
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 closed with the process
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(CHECKOUT),
            "CARNET_SERVICE": "gateway",
            "CARNET_AMQP_URL": amqp_url,
            "CARNET_TRUSTED_KEYS": str(trusted_keys),
            "CARNET_HTTP_ADDRESS": f"{HOST}:{self.port}",
            "CARNET_PUBLIC_URL": f"http://{HOST}:{self.port}",
            "CARNET_DOCUMENTS_URL": documents_url,
            "CARNET_STALL_SECONDS": str(stall_seconds),
            "CARNET_STRANGERS_A_MINUTE": str(strangers),
        }
        self.process = subprocess.Popen(
            (sys.executable, "-m", "gateway"),
            cwd=CHECKOUT,
            env=environment,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )

    def wait_until(self, path: str = "/health/ready") -> "Gateway":
        """Return once `path` answers 200."""
        eventually(lambda: self.ask("GET", path).status == 200)
        return self

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_PATIENCE)

    def end(self) -> None:
        """Stop it if it still runs, and forget its log."""
        if self.process.poll() is None:
            self.stop()
        self._output.close()

    def log(self) -> list[dict[str, Any]]:
        """Every line written so far."""
        # The process writes through the same open file: seeking here would move where it writes next.
        written = os.pread(self._output.fileno(), os.fstat(self._output.fileno()).st_size, 0)
        return [json.loads(line) for line in written.splitlines(keepends=True) if line.endswith(b"\n")]

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        json_body: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpReply:
        """One request on a connection of its own."""
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if json_body is not None:
            body = json.dumps(json_body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(HOST, self.port, timeout=_PATIENCE)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return HttpReply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def raw(self, sent: bytes) -> bytes:
        """Send bytes as they are; everything that comes back until the gateway closes."""
        with self.connect() as line:
            line.sendall(sent)
            found = b""
            while chunk := line.recv(65536):
                found += chunk
            return found

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection((HOST, self.port), timeout=_PATIENCE)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(holds: Any, seconds: float = _PATIENCE) -> None:
    """Return once `holds()` is true; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except OSError:
            pass
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
