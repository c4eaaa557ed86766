"""Content read again from the object store and checked to its last byte, without giving any of it out."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts.errors import ContentDamaged
from contracts.vocabulary import ContentId
from services.documents.bucket import Bucket, ObjectMissing
from services.documents.domain import StoredContent
from services.documents.keepers import KeyKeeper
from services.documents.repositories.inventory import Inventory
from services.documents.transfer import plain
from services.documents.vault import Frames

ProgressCallback = Callable[[int, int], None]
"""Is told how many are done, and of how many."""


class Flaw(StrEnum):
    """What is wrong with a content."""

    KEY_LOST = "key lost"
    OBJECT_MISSING = "object missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One content that would not come out as it went in."""

    content_id: ContentId
    object_key: str
    flaw: Flaw


@dataclass(frozen=True, slots=True)
class InspectionReport:
    """How much was read, in plain bytes, and what was found."""

    contents: int
    size: int
    findings: Sequence[Finding]


def inspect(
    inventory: Inventory, bucket: Bucket, keeper: KeyKeeper, told: ProgressCallback, *, sample: int | None = None
) -> InspectionReport:
    """Check every frame, the size and the hash of all contents, or of so many drawn by lot.

    Raises:
        ServiceUnavailable: store or keeper is away.
    """
    there = inventory.count()
    total = there if sample is None else min(sample, there)
    done, size, findings = 0, 0, list[Finding]()
    for batch in inventory.all_contents() if sample is None else inventory.some_contents(sample):
        for content in batch:
            flaw = _flaw_of(content, inventory, bucket, keeper)
            if flaw is not None:
                findings.append(Finding(content.content_id, content.object_key, flaw))
            done, size = done + 1, size + content.size
            told(done, max(total, done))
    return InspectionReport(done, size, findings)


def _flaw_of(content: StoredContent, inventory: Inventory, bucket: Bucket, keeper: KeyKeeper) -> Flaw | None:
    if _flaw_in(content, bucket, keeper) is None:
        return None
    # It may have been destroyed, or its key wrapped anew, since it was listed.
    now = inventory.find(content)
    return None if now is None else _flaw_in(now, bucket, keeper)


def _flaw_in(content: StoredContent, bucket: Bucket, keeper: KeyKeeper) -> Flaw | None:
    try:
        data_key = keeper.unwrap(content.key)
    except ContentDamaged:
        return Flaw.KEY_LOST
    try:
        digest = hashlib.sha256()
        with bucket.reading(content.object_key) as source:
            for frame in plain(source, content, Frames(data_key, content.content_id)):
                digest.update(frame)
    except ObjectMissing:
        return Flaw.OBJECT_MISSING
    except ContentDamaged:
        return Flaw.DAMAGED
    return None if digest.digest() == content.sha256 else Flaw.DAMAGED
