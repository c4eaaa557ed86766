"""The output of a backup that holds databases and objects, and its restoring into empty ones."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from deploy.backup import databases, objects
from deploy.backup.databases import Snapshot, snapshots
from deploy.backup.files import Manifest, check_files, new_directory, path_in, read_manifest, write_manifest
from deploy.backup.objects import index_name
from deploy.dev.errors import StackError
from deploy.dev.object_store import ObjectStore

DOCUMENTS, JOURNAL = "documents", "journal"
"""Names of the buckets in a backup."""

# Objects that no row names are left: a deposit did not end, or their content was destroyed.
_KEYS_OF_CONTENTS = """
SELECT object_key, substr(object_key, length(object_key) - 63) FROM contents
WHERE wrapped_key IS NOT NULL ORDER BY object_key
"""
_KEYS_OF_MONTHS = """
SELECT object_key, encode(sha256, 'hex') FROM partitions WHERE object_key IS NOT NULL ORDER BY month
"""

_CHECK, _OBJECTS = "vérifier / check", "objets / objects"

OnStep = Callable[[str, int], None]
"""Called with what is being done, and how many more bytes of it are."""


@dataclass(frozen=True)
class PlatformData:
    """Service -> URL of its database; buckets by name, `journal` only where months are archived."""

    databases: Mapping[str, str]
    stores: Mapping[str, ObjectStore]


def back_up(platform: PlatformData, directory: Path, *, pair: str, now: datetime, on_step: OnStep) -> Manifest:
    """Copy everything but keys into a new directory, as it is at one moment.

    Raises:
        StackError.
    """
    new_directory(directory)
    with snapshots(platform.databases) as taken:
        databases.check_schema(taken["audit"])
        files = [snapshot.dump(directory, partial(on_step, service)) for service, snapshot in taken.items()]
        packed = [
            objects.pack(directory, name, store, _wanted(taken, name), partial(on_step, _OBJECTS))
            for name, store in platform.stores.items()
        ]
        manifest = Manifest(
            kind="content",
            pair=pair,
            made_at=now,
            files=(*files, *(file for bucket in packed for file in bucket.files)),
            head=databases.newest_head(taken["audit"]),
            unsent=databases.unsent_events(taken),
            objects=sum(bucket.count for bucket in packed),
            missing=tuple(key for bucket in packed for key in bucket.missing),
        )
    write_manifest(directory, manifest)
    return manifest


def restore(platform: PlatformData, directory: Path, on_step: OnStep) -> Manifest:
    """Fill empty databases and buckets from a backup, after checking all of it.

    Raises:
        StackError: the backup is incomplete or altered, or a target is not empty, and nothing is changed; or a server
            is away.
    """
    manifest = read_manifest(directory, "content")
    check_files(directory, manifest, partial(on_step, _CHECK))
    stores = _stores(platform, manifest)
    for service, url in platform.databases.items():
        databases.check_empty(service, url)
    for store in stores.values():
        objects.check_empty(store)
    # Objects first: a restore that is cut off has no row without its object, and can be done again on empty targets.
    for name, store in stores.items():
        objects.unpack(directory, name, store, partial(on_step, _OBJECTS))
    for service, url in platform.databases.items():
        dump = path_in(directory, databases.dump_name(service))
        databases.restore(service, url, dump)
        on_step(service, dump.stat().st_size)
    databases.mark_journal_as_restored(platform.databases["audit"])
    return manifest


def _stores(platform: PlatformData, manifest: Manifest) -> dict[str, ObjectStore]:
    """The buckets that the backup has objects for; raises StackError if the platform has no such bucket."""
    named = {
        name
        for name in (DOCUMENTS, JOURNAL)
        for file in manifest.files
        if file.name == index_name(name) and file.size
    }
    for name in named - platform.stores.keys():
        raise StackError(f"stockage non réglé / object store not configured: {name} (CARNET_ARCHIVE_ENDPOINT)")
    return {name: platform.stores[name] for name in sorted(named)}


def _wanted(taken: Mapping[str, Snapshot], name: str) -> Iterator[tuple[str, str]]:
    service, query = {DOCUMENTS: ("documents", _KEYS_OF_CONTENTS), JOURNAL: ("audit", _KEYS_OF_MONTHS)}[name]
    for key, sha256 in taken[service].rows(query):
        yield str(key), str(sha256)
