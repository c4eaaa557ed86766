"""Letting old months of the journal go to the archive, each only once the archive gives back what it was given."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from services.audit.archive import Archive, sha256_of, write_lines
from services.audit.domain.faults import Fault, Wrong
from services.audit.domain.merkle import HASH_SIZE, TILE_WIDTH
from services.audit.domain.months import Month, months_before
from services.audit.domain.strands import StoredLine, hash_of
from services.audit.repositories.retention import RetentionRepository


def archive_month(repository: RetentionRepository, archive: Archive, *, now: datetime, months: int) -> Month | None:
    """Archive the oldest month that ended more than `months` months ago; answers which, None if there is none.

    Raises:
        Fault: what is there, or what the archive gave back, is not what the tree says; nothing was let go.
        ServiceUnavailable: the archive is away.
    """
    month = repository.oldest_attached(months_before(now, months))
    if month is None or month.last_position is None:
        return None
    key = f"journal/{month.month:%Y-%m}.jsonl.gz"
    with TemporaryDirectory() as directory:
        file = Path(directory) / "lines"
        write_lines(
            file, _checked(repository, month, repository.lines_between(month.first_position, month.last_position))
        )
        archived = msgspec.structs.replace(month, object_key=key, sha256=sha256_of(file))
        archive.put(key, file)
    for _ in _checked(repository, archived, archive.lines(archived)):
        pass
    repository.let_go(month, key, archived.sha256 or b"")
    return archived


def _checked(
    repository: RetentionRepository, month: Month, batches: Iterable[list[StoredLine]]
) -> Iterator[list[StoredLine]]:
    """The lines, once each is what the tree has at its position, and none is missing."""
    position, tile = month.first_position, b""
    for batch in batches:
        for line in batch:
            place = position % TILE_WIDTH
            if not tile or place == 0:
                tile = repository.tile_or_nothing(0, position // TILE_WIDTH)
            leaf = tile[place * HASH_SIZE : (place + 1) * HASH_SIZE]
            if line.position != position or not line.leaf_hash == hash_of(line.leaf) == leaf:
                raise Fault(Wrong.TILE, position=position)
            position += 1
        yield batch
    if position - 1 != month.last_position:
        raise Fault(Wrong.GAP, position=position)
