"""The tree on its shelves: where it ends, its tiles, and the months of its lines."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from services.audit.domain.merkle import Tree, tiles_around
from services.audit.domain.strands import End, month_of
from services.audit.tables import partitions, tiles, tree

_ATTACHED = "attached"
_NEW_TILE = insert(tiles)
_PUT_TILES = _NEW_TILE.on_conflict_do_update(
    index_elements=["level", "number"], set_={"hashes": _NEW_TILE.excluded.hashes}
)


class TreeRepository(Repository):
    """Reads the tree, and lets it grow."""

    def end(self) -> End:
        """Where the journal ends now."""
        row = self.connection.execute(select(tree.c.size, tree.c.recorded_at)).one()
        return End(size=row.size, recorded_at=row.recorded_at)

    def lock_end(self) -> End:
        """Where the journal ends; nobody else adds to it until the transaction is over."""
        row = self.connection.execute(select(tree.c.size, tree.c.recorded_at).with_for_update()).one()
        return End(size=row.size, recorded_at=row.recorded_at)

    def move_end(self, size: int, recorded_at: datetime) -> None:
        """The journal has grown."""
        self.connection.execute(update(tree).values(size=size, recorded_at=recorded_at))

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of one tile."""
        query = select(tiles.c.hashes).where(tiles.c.level == level, tiles.c.number == number)
        return bytes(self.connection.execute(query).scalar_one())

    def put_tiles(self, changed: Mapping[tuple[int, int], bytes]) -> None:
        """Keep tiles that are new or have grown."""
        self.connection.execute(
            _PUT_TILES,
            [
                {"level": level, "number": number, "hashes": changed[level, number]}
                for level, number in sorted(changed)
            ],
        )

    def tree(self, size: int, positions: Iterable[int] = ()) -> Tree:
        """The tree of that size; the tiles that proofs of these positions read are fetched at once."""
        wanted = tiles_around(positions, size)
        query = select(tiles).where(tuple_(tiles.c.level, tiles.c.number).in_(wanted))
        known = {(row.level, row.number): bytes(row.hashes) for row in self.connection.execute(query)}

        def tile(level: int, number: int) -> bytes:
            found = known.get((level, number))
            return self.tile(level, number) if found is None else found

        return Tree(size, tile)

    def open_month(self, recorded_at: datetime, first_position: int) -> None:
        """Make room for the lines of that month, and close the one before."""
        month = month_of(recorded_at)
        if self.connection.scalar(select(partitions.c.month).where(partitions.c.month == month)) is not None:
            return
        ended = update(partitions).where(partitions.c.last_position.is_(None))
        self.connection.execute(ended.values(last_position=first_position - 1))
        self.connection.execute(select(func.open_month(month)))
        row = {"month": month, "first_position": first_position, "state": _ATTACHED}
        self.connection.execute(insert(partitions).values(row))
