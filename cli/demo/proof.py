"""Check of a patient's journal with the stand-alone verifier."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from client.api_client import ApiClient
from client.errors import ApiError
from contracts.audit import Proofs
from deploy.dev.paths import CHECKOUT

VERIFIER = CHECKOUT / "verifier" / "verify_journal.py"


def proven_pages(client: ApiClient, record: str, *, newest: int) -> list[Proofs] | None:
    """All pages of proofs once a signed head covers position `newest`; None before."""
    pages: list[Proofs] = []
    query: dict[str, str] = {"count": "100"}
    try:
        while (page := client.proofs(record, **query)).lines:
            pages.append(page)
            query["before"] = str(page.lines[-1].position)
    except ApiError as refused:
        if refused.code != "journal.head_not_found":
            raise
    return pages if pages and pages[0].lines[0].position >= newest else None


def verify(key: str, pages: list[Proofs]) -> subprocess.CompletedProcess[str]:
    """Run the verifier in an isolated process, as an outsider would."""
    with TemporaryDirectory() as folder:
        files = []
        for number, page in enumerate(pages):
            file = Path(folder) / f"{number}.json"
            file.write_bytes(msgspec.json.encode(page))
            files.append(str(file))
        command = [sys.executable, "-I", str(VERIFIER), "view", key.strip(), *files]
        return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
