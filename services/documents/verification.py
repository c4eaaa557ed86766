"""Verification of stored contents: each is read from the object store and checked to its last byte."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts.errors.execution import ContentDamaged
from contracts.vocabulary import ContentId
from services.documents.bucket import Bucket, ObjectMissing
from services.documents.domain import StoredContent
from services.documents.keepers import KeyKeeper
from services.documents.progress import ProgressCallback
from services.documents.repositories.inventory import Inventory
from services.documents.streaming import decrypted
from services.documents.vault import Frames


class Flaw(StrEnum):
    """What is wrong with a content, as the command prints it."""

    KEY_LOST = "key lost"
    OBJECT_MISSING = "object missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One content that cannot be downloaded as it was uploaded."""

    content_id: ContentId
    object_key: str
    flaw: Flaw


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """`size` of all contents that were read, in plain bytes."""

    contents: int
    size: int
    findings: Sequence[Finding]


def verify_contents(
    inventory: Inventory,
    bucket: Bucket,
    keeper: KeyKeeper,
    on_progress: ProgressCallback,
    *,
    sample: int | None = None,
) -> VerificationReport:
    """Check every frame, the size and the hash of all contents, or of `sample` contents chosen at random.

    Raises:
        ServiceUnavailable: object store or keeper is away.
    """
    count = inventory.count()
    total = count if sample is None else min(sample, count)
    done, size, findings = 0, 0, list[Finding]()
    for batch in inventory.all_contents() if sample is None else inventory.some_contents(sample):
        for content in batch:
            flaw = _confirmed_flaw(content, inventory, bucket, keeper)
            if flaw is not None:
                findings.append(Finding(content.content_id, content.object_key, flaw))
            done, size = done + 1, size + content.size
            on_progress(done, max(total, done))
    return VerificationReport(done, size, findings)


def _confirmed_flaw(content: StoredContent, inventory: Inventory, bucket: Bucket, keeper: KeyKeeper) -> Flaw | None:
    if _flaw_in(content, bucket, keeper) is None:
        return None
    # Since the row was read, the content may have been destroyed or its key rewrapped.
    current = inventory.find(content)
    return None if current is None else _flaw_in(current, bucket, keeper)


def _flaw_in(content: StoredContent, bucket: Bucket, keeper: KeyKeeper) -> Flaw | None:
    try:
        data_key = keeper.unwrap(content.key)
    except ContentDamaged:
        return Flaw.KEY_LOST
    try:
        digest = hashlib.sha256()
        with bucket.reading(content.object_key) as source:
            for frame in decrypted(source, content, Frames(data_key, content.content_id)):
                digest.update(frame)
    except ObjectMissing:
        return Flaw.OBJECT_MISSING
    except ContentDamaged:
        return Flaw.DAMAGED
    return None if digest.digest() == content.sha256 else Flaw.DAMAGED
