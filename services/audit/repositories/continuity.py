"""On which database the last head was signed, and which published heads are not continued."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from services.audit.domain.breaks import Break
from services.audit.tables import breaks, signing


class ContinuityRepository(Repository):
    """The instance of the last head, and breaks."""

    def is_on_last_instance(self) -> bool:
        """Whether this database is the one on which the last head was signed: not restored, not recovered."""
        return bool(self.connection.scalar(select(signing.c.instance == func.instance())))

    def adopt_instance(self) -> None:
        """Heads are signed on this database from now on."""
        other = signing.c.instance != func.instance()
        self.connection.execute(update(signing).where(other).values(instance=func.instance()))

    def mark_as_restored(self) -> None:
        """Forget the instance: no head is signed before an operator says the last published one."""
        self.connection.execute(update(signing).values(instance=""))

    def add_break(self, declared: Break) -> None:
        """Declare a break; it is signed by audit when it signs the next head."""
        row = {name: getattr(declared, name) for name in declared.__struct_fields__ if name != "origin"}
        self.connection.execute(insert(breaks).values(row).on_conflict_do_nothing())

    def breaks(self, origin: str) -> Sequence[Break]:
        """All breaks, the oldest first; signed or not."""
        rows = self.connection.execute(select(breaks).order_by(breaks.c.at, breaks.c.lost_size))
        return [
            Break(
                origin=origin,
                lost_size=row.lost_size,
                lost_root=bytes(row.lost_root),
                kept_size=row.kept_size,
                kept_root=bytes(row.kept_root),
                at=row.at,
            )
            for row in rows
        ]

    def break_notes(self) -> Sequence[str]:
        """The signed statements of all breaks, the oldest first."""
        query = select(breaks.c.note).where(breaks.c.note.is_not(None)).order_by(breaks.c.at, breaks.c.lost_size)
        return self.connection.execute(query).scalars().all()

    def put_break_note(self, declared: Break, note: str) -> None:
        """Store the signed statement of a break, once."""
        same = (breaks.c.lost_size == declared.lost_size) & (breaks.c.lost_root == declared.lost_root)
        self.connection.execute(update(breaks).where(same & breaks.c.note.is_(None)).values(note=note))
