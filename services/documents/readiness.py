"""What keeps documents from serving: its object store, its scanner, and the master keys of what is on file."""

from collections.abc import Sequence
from time import monotonic

from chassis.readiness import can_read
from chassis.runtime import Runtime
from contracts.errors.execution import MasterKeyMissing, ServiceUnavailable
from services.documents.bucket import ObjectMissing
from services.documents.context import DocumentsTools
from services.documents.repositories.contents import ContentRepository


def missing_parts(runtime: Runtime, tools: DocumentsTools, missing: Sequence[str]) -> list[str]:
    """`object_store` and `scanner` where they do not answer, a scanner only if it is required.

    With the database: `master_key.missing` where no key at hand unwraps data keys on file, `master_key.away` where a
    token does not answer, `object_store.other` where the bucket has none of a few contents on file.
    """
    found = []
    is_reachable = tools.bucket.is_reachable()
    if not is_reachable:
        found.append("object_store")
    if tools.scanner.is_missing():
        found.append("scanner")
    if can_read(missing):
        with runtime.engine.connect() as connection:
            contents = ContentRepository(connection)
            found += _missing_keys(tools, contents)
            if is_reachable and tools.sample.is_due(monotonic()):
                tools.sample.note(monotonic(), has_any=_has_any(tools, contents))
    return found if tools.sample.has_any else [*found, "object_store.other"]


def _missing_keys(tools: DocumentsTools, contents: ContentRepository) -> list[str]:
    try:
        tools.key_check.check(contents, now=monotonic())
    except MasterKeyMissing:
        return ["master_key.missing"]
    except ServiceUnavailable:
        return ["master_key.away"]
    return []


def _has_any(tools: DocumentsTools, contents: ContentRepository) -> bool:
    """Whether the bucket has one of a few contents on file, or none is on file."""
    keys = contents.some_kept_objects()
    return not keys or any(_has(tools, key) for key in keys)


def _has(tools: DocumentsTools, key: str) -> bool:
    try:
        with tools.bucket.reading(key, 0, 1):
            return True
    except ObjectMissing:
        return False
    except ServiceUnavailable:
        return True
