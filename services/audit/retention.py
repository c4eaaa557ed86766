"""Moving old months of the journal to the archive; a month is dropped only after its object was read back."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from services.audit.archive import Archive, sha256_of, write_lines
from services.audit.domain.faults import Fault, FaultKind
from services.audit.domain.merkle import HASH_SIZE, TILE_WIDTH
from services.audit.domain.months import Month, months_before
from services.audit.domain.strands import StoredLine, hash_of
from services.audit.repositories.retention import RetentionRepository


def archive_month(repository: RetentionRepository, archive: Archive, *, now: datetime, months: int) -> Month | None:
    """Archive the oldest month that ended more than `months` months ago; returns it, None if there is none.

    Raises:
        Fault: the stored lines, or those read back from the archive, do not match the tree; nothing was dropped.
        ServiceUnavailable: the archive does not answer.
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
    repository.drop_month(month, key, archived.sha256 or b"")
    return archived


def _checked(
    repository: RetentionRepository, month: Month, batches: Iterable[list[StoredLine]]
) -> Iterator[list[StoredLine]]:
    """The batches, each after its lines were compared with the tree; at the end, that none is missing."""
    position, tile = month.first_position, b""
    for batch in batches:
        for line in batch:
            index = position % TILE_WIDTH
            if not tile or index == 0:
                tile = repository.tile_or_empty(0, position // TILE_WIDTH)
            leaf = tile[index * HASH_SIZE : (index + 1) * HASH_SIZE]
            if line.position != position or not line.leaf_hash == hash_of(line.leaf) == leaf:
                raise Fault(FaultKind.TILE, position=position)
            position += 1
        yield batch
    if position - 1 != month.last_position:
        raise Fault(FaultKind.GAP, position=position)
