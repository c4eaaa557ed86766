"""What is kept of a document's bytes: the content an entry holds, its wrapped key, its object on disk."""

from pathlib import Path

from deploy.dev.stack import Stack
from tests.support.clock import rows


def content_of(platform: Stack, document: str) -> str:
    """The id of the content a document holds."""
    statement = "SELECT content_id FROM documents WHERE document_id = %(document)s"
    return str(rows(platform, "records", statement, document=document)[0][0])


def key_of(platform: Stack, content: str) -> bytes | None:
    """The wrapped key of a content; None once it is destroyed, and with it whatever the bytes said."""
    statement = "SELECT wrapped_key FROM contents WHERE content_id = %(content)s"
    key = rows(platform, "documents", statement, content=content)[0][0]
    return None if key is None else bytes(key)


def object_of(platform: Stack, content: str) -> Path:
    """The file of the object store in which a content rests."""
    statement = "SELECT object_key FROM contents WHERE content_id = %(content)s"
    key = str(rows(platform, "documents", statement, content=content)[0][0])
    return next(path for path in platform.layout.object_store.rglob("*") if str(path).endswith(key))
