"""Reads what is stored of a document's bytes: content id, wrapped key, file of the object store."""

from pathlib import Path

from deploy.dev.stack import Stack
from tests.support.clock import run_sql


def content_of(platform: Stack, document: str) -> str:
    statement = "SELECT content_id FROM documents WHERE document_id = %(document)s"
    return str(run_sql(platform, "records", statement, document=document)[0][0])


def wrapped_key_of(platform: Stack, content: str) -> bytes | None:
    """None once the key is destroyed, which makes the bytes unreadable."""
    statement = "SELECT wrapped_key FROM contents WHERE content_id = %(content)s"
    key = run_sql(platform, "documents", statement, content=content)[0][0]
    return None if key is None else bytes(key)


def object_file_of(platform: Stack, content: str) -> Path:
    """The file of the object store that holds the encrypted bytes."""
    statement = "SELECT object_key FROM contents WHERE content_id = %(content)s"
    key = str(run_sql(platform, "documents", statement, content=content)[0][0])
    return next(path for path in platform.layout.object_store.rglob("*") if str(path).endswith(key))
