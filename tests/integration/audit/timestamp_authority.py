"""A time-stamping authority for tests: `openssl ts` with its own certificate behind a small HTTP server."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

_CONFIG = """
[tsa]
default_tsa = own
[own]
serial = {directory}/serial
crypto_device = builtin
signer_cert = {directory}/tsa.pem
signer_key = {directory}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""
_CERTIFICATE = (
    *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Horodatage de test"),
    *("-addext", "extendedKeyUsage=critical,timeStamping", "-addext", "keyUsage=critical,digitalSignature"),
)


class FakeTimestampAuthority:
    """Answers time-stamp queries, unless it is `unavailable`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.unavailable = False
        (directory / "serial").write_text("01\n")
        (directory / "tsa.cnf").write_text(_CONFIG.format(directory=directory))
        self._openssl(*_CERTIFICATE, "-keyout", "tsa.key", "-out", "tsa.pem")
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def verifies(self, token: bytes, note: str) -> bool:
        """Whether openssl accepts the token for that note."""
        (self.directory / "token").write_bytes(token)
        (self.directory / "note").write_text(note)
        arguments = ("ts", "-verify", "-data", "note", "-in", "token", "-token_in", "-CAfile", "tsa.pem")
        return self._openssl(*arguments, check=False)

    def reply(self, query: bytes) -> bytes:
        """The answer to a query; both DER."""
        (self.directory / "query").write_bytes(query)
        self._openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "reply")
        return (self.directory / "reply").read_bytes()

    def _openssl(self, *arguments: str, check: bool = True) -> bool:
        done = subprocess.run(
            ["openssl", *arguments], cwd=self.directory, capture_output=True, check=check, timeout=30
        )
        return done.returncode == 0

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        authority = self

        class TimestampHandler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["content-length"]))
                if authority.unavailable:
                    self.send_error(503)
                    return
                body = authority.reply(query)
                self.send_response(200)
                self.send_header("content-type", "application/timestamp-reply")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return

        return TimestampHandler
