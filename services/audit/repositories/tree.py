"""The tree: its size, its tiles, and the months of its lines."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from services.audit.domain.merkle import Tree, tiles_around
from services.audit.domain.strands import JournalEnd, month_of
from services.audit.tables import partitions, tiles, tree

_ATTACHED = "attached"
_NEW_TILE = insert(tiles)
_PUT_TILES = _NEW_TILE.on_conflict_do_update(
    index_elements=["level", "number"], set_={"hashes": _NEW_TILE.excluded.hashes}
)


class TreeRepository(Repository):
    """Reads and extends the tree."""

    def end(self) -> JournalEnd:
        """The end of the journal now."""
        row = self.connection.execute(select(tree.c.size, tree.c.recorded_at)).one()
        return JournalEnd(size=row.size, recorded_at=row.recorded_at)

    def lock_end(self) -> JournalEnd:
        """The end of the journal, locked against other appends until the transaction ends."""
        row = self.connection.execute(select(tree.c.size, tree.c.recorded_at).with_for_update()).one()
        return JournalEnd(size=row.size, recorded_at=row.recorded_at)

    def move_end(self, size: int, recorded_at: datetime) -> None:
        """Set the end of the journal."""
        self.connection.execute(update(tree).values(size=size, recorded_at=recorded_at))

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of one tile."""
        query = select(tiles.c.hashes).where(tiles.c.level == level, tiles.c.number == number)
        return bytes(self.connection.execute(query).scalar_one())

    def put_tiles(self, changed: Mapping[tuple[int, int], bytes]) -> None:
        """Insert new tiles and update those that grew."""
        self.connection.execute(
            _PUT_TILES,
            [
                {"level": level, "number": number, "hashes": changed[level, number]}
                for level, number in sorted(changed)
            ],
        )

    def tree(self, size: int, positions: Iterable[int] = ()) -> Tree:
        """The tree of that size; tiles that proofs of these positions read are fetched in one query."""
        needed = tiles_around(positions, size)
        query = select(tiles).where(tuple_(tiles.c.level, tiles.c.number).in_(needed))
        known = {(row.level, row.number): bytes(row.hashes) for row in self.connection.execute(query)}

        def tile(level: int, number: int) -> bytes:
            found = known.get((level, number))
            return self.tile(level, number) if found is None else found

        return Tree(size, tile)

    def open_month(self, recorded_at: datetime, first_position: int) -> None:
        """Create the partition of that month, unless it exists, and close the month before."""
        month = month_of(recorded_at)
        if self.connection.scalar(select(partitions.c.month).where(partitions.c.month == month)) is not None:
            return
        open_partition = update(partitions).where(partitions.c.last_position.is_(None))
        self.connection.execute(open_partition.values(last_position=first_position - 1))
        self.connection.execute(select(func.open_month(month)))
        row = {"month": month, "first_position": first_position, "state": _ATTACHED}
        self.connection.execute(insert(partitions).values(row))
