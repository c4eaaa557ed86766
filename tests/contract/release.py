"""What a release promises, kept in files: `python -m tests.contract.release VERSION` writes them, once.

The rows are those of the development stack that is up, after `carnet demo`.
"""

import json
import os
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import psycopg2

from contracts.wiring import SERVICES
from deploy.dev.environment import JOURNAL_ORIGIN
from deploy.dev.stack import Stack
from services.audit.signing import HeadSigner
from tests.contract import databases, names, samples, schemas

FOLDERS = sorted(Path(__file__).parent.glob("release-*"))
"""A folder for each release, none of which is ever changed."""
NAMES, SAMPLES, SCHEMAS, HTTP, DATABASES = "names.json", "samples.json", "schemas.json", "http.json", "databases"
JOURNAL_KEYS = "journal-keys.json"
"""The public key of the heads among the rows, and in base64 the key of the names in the journal."""


def read(folder: Path, file: str) -> dict[str, Any]:
    """A JSON file of a release."""
    found: dict[str, Any] = json.loads((folder / file).read_text())
    return found


def freeze(folder: Path, stack: Stack) -> None:
    """Write all files of a release; FileExistsError if they are written already."""
    folder.mkdir()
    contents = {NAMES: names.current(), SAMPLES: samples.current(), SCHEMAS: schemas.current()}
    for name, content in (contents | {HTTP: names.http_schemas()}).items():
        (folder / name).write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    (folder / DATABASES).mkdir()
    for service in SERVICES:
        admin = stack.addresses.database_admin_url
        databases.write_schema(admin, service, folder / DATABASES / f"{service}.sql")
        databases.write_rows(stack.addresses.database_url(service), folder / DATABASES / f"{service}.json")
    keys = stack.addresses.keys
    heads = HeadSigner.from_file(keys.journal_heads, JOURNAL_ORIGIN).verifier.text
    journal_keys = {"heads": heads, "subjects": b64encode(keys.journal_subjects.read_bytes()).decode()}
    (folder / JOURNAL_KEYS).write_text(json.dumps(journal_keys, indent=1) + "\n")


if __name__ == "__main__":
    stack = Stack.from_environment(os.environ)
    if not stack.is_described():
        sys.exit("the development stack is down: make up")
    try:
        freeze(Path(__file__).with_name(f"release-{sys.argv[1]}"), stack)
    except (FileExistsError, psycopg2.Error) as error:
        sys.exit(str(error))
