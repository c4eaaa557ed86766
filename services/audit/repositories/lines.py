"""The lines of the journal: in at its end, out by strand, actor or time; nothing else."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Select, select, true

from chassis.repository import Repository
from contracts.vocabulary import AccessMode, Act, Outcome
from services.audit.domain.leaf import Leaf
from services.audit.domain.strands import StoredLine
from services.audit.tables import journal, strands

_APPEND = """
INSERT INTO journal (position, recorded_at, strand, number, at, event_id, act, outcome, reason, mode, role, previous,
    commitment, sealed, actor_mark, document_mark, leaf_hash)
SELECT position, %(recorded_at)s, strand, number, at, event_id, act, outcome, reason, mode, role, previous,
    commitment, sealed, actor_mark, document_mark, leaf_hash
FROM unnest(%(position)s::bigint[], %(strand)s::uuid[], %(number)s::bigint[], %(at)s::timestamptz[],
    %(event_id)s::uuid[], %(act)s::text[], %(outcome)s::text[], %(reason)s::text[], %(mode)s::text[],
    %(role)s::text[], %(previous)s::bytea[], %(commitment)s::bytea[], %(sealed)s::bytea[], %(actor_mark)s::bytea[],
    %(document_mark)s::bytea[], %(leaf_hash)s::bytea[])
    AS line (position, strand, number, at, event_id, act, outcome, reason, mode, role, previous, commitment, sealed,
        actor_mark, document_mark, leaf_hash)
"""


class Wanted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which lines: below position `before`, and whatever else is named; `since` included, `until` not."""

    before: int | None = None
    acts: tuple[Act, ...] = ()
    outcome: Outcome | None = None
    mode: AccessMode | None = None
    actor_mark: bytes | None = None
    document_mark: bytes | None = None
    since: datetime | None = None
    until: datetime | None = None


class LineRepository(Repository):
    """Adds lines and finds them."""

    def append(self, lines: Sequence[StoredLine]) -> None:
        """Add lines, all recorded at one moment; whoever does it has locked the end of the journal."""
        rows = [_values(line) for line in lines]
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        self.connection.exec_driver_sql(_APPEND, columns | {"recorded_at": lines[0].recorded_at})

    def lines_of(self, wanted_strands: Iterable[UUID], wanted: Wanted, count: int) -> list[StoredLine]:
        """Lines of these strands, newest first."""
        # Each strand gives its newest lines by its index; PostgreSQL would sort all lines of all of them otherwise.
        newest = _newest(select(journal).where(journal.c.strand == strands.c.strand), wanted, count).lateral("newest")
        query = select(newest).select_from(strands.join(newest, true()))
        query = query.where(strands.c.strand.in_(set(wanted_strands)))
        return self._lines(query.order_by(newest.c.position.desc()).limit(count))

    def lines(self, wanted: Wanted, count: int) -> list[StoredLine]:
        """Lines of the whole journal, newest first."""
        return self._lines(_newest(select(journal), wanted, count))

    def recorded_at(self, position: int) -> datetime | None:
        """When that line was added, if it is there."""
        return self.connection.scalar(select(journal.c.recorded_at).where(journal.c.position == position))

    def _lines(self, query: Select[Any]) -> list[StoredLine]:
        return [_line(row) for row in self.connection.execute(query)]


def _newest(query: Select[Any], wanted: Wanted, count: int) -> Select[Any]:
    return query.where(*_conditions(wanted)).order_by(journal.c.position.desc()).limit(count)


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    lines = journal.c
    if wanted.before is not None:
        yield lines.position < wanted.before
    if wanted.acts:
        yield lines.act.in_([act.value for act in wanted.acts])
    if wanted.outcome is not None:
        yield lines.outcome == wanted.outcome.value
    if wanted.mode is not None:
        yield lines.mode == wanted.mode.value
    if wanted.actor_mark is not None:
        yield lines.actor_mark == wanted.actor_mark
    if wanted.document_mark is not None:
        yield lines.document_mark == wanted.document_mark
    if wanted.since is not None:
        yield lines.at >= wanted.since
    if wanted.until is not None:
        yield lines.at < wanted.until


def _values(line: StoredLine) -> dict[str, Any]:
    leaf = line.leaf
    return {
        "position": line.position,
        "strand": str(leaf.strand),
        "number": leaf.number,
        "at": leaf.at,
        "event_id": str(leaf.event_id),
        "act": leaf.act,
        "outcome": leaf.outcome,
        "reason": leaf.reason,
        "mode": leaf.mode,
        "role": leaf.role,
        "previous": bytes.fromhex(leaf.previous),
        "commitment": bytes.fromhex(leaf.commitment),
        "sealed": line.sealed,
        "actor_mark": line.actor_mark,
        "document_mark": line.document_mark,
        "leaf_hash": line.leaf_hash,
    }


def _line(row: Row[Any]) -> StoredLine:
    leaf = Leaf(
        act=row.act,
        at=row.at.astimezone(UTC),
        commitment=bytes(row.commitment).hex(),
        event_id=row.event_id,
        mode=row.mode,
        number=row.number,
        outcome=row.outcome,
        previous=bytes(row.previous).hex(),
        reason=row.reason,
        role=row.role,
        strand=row.strand,
    )
    return StoredLine(
        position=row.position,
        recorded_at=row.recorded_at.astimezone(UTC),
        leaf=leaf,
        leaf_hash=bytes(row.leaf_hash),
        sealed=bytes(row.sealed),
        actor_mark=None if row.actor_mark is None else bytes(row.actor_mark),
        document_mark=None if row.document_mark is None else bytes(row.document_mark),
    )
