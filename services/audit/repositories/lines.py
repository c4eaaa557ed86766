"""The lines of the journal: appended, and found by strand, actor or time."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Select, func, select, true

from chassis.repository import Repository, is_one_of
from contracts.vocabulary import AccessMode, Act, Outcome, Role
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


class LineFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Lines below position `before` that match each given value; `since` included, `until` not."""

    before: int | None = None
    acts: tuple[Act, ...] = ()
    outcome: Outcome | None = None
    mode: AccessMode | None = None
    roles: tuple[Role, ...] = ()
    actor_blind_index: bytes | None = None
    document_blind_index: bytes | None = None
    since: datetime | None = None
    until: datetime | None = None


class LineRepository(Repository):
    """Appends and finds lines."""

    def append(self, lines: Sequence[StoredLine]) -> None:
        """Append lines, all with the same `recorded_at`; the caller holds the lock on the journal's end."""
        rows = [_values(line) for line in lines]
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        self.connection.exec_driver_sql(_APPEND, columns | {"recorded_at": lines[0].recorded_at})

    def lines_of(self, strand_ids: Iterable[UUID], line_filter: LineFilter, count: int) -> list[StoredLine]:
        """Lines of these strands, newest first."""
        # Each strand's newest lines come from its index; without LATERAL, PostgreSQL sorts all lines of all strands.
        newest = _newest(select(journal).where(journal.c.strand == strands.c.strand), line_filter, count).lateral(
            "newest"
        )
        query = select(newest).select_from(strands.join(newest, true()))
        query = query.where(is_one_of(strands.c.strand, set(strand_ids)))
        return self._lines(query.order_by(newest.c.position.desc()).limit(count))

    def count_of(self, strand_ids: Iterable[UUID], line_filter: LineFilter) -> int:
        """How many lines of these strands match, on all pages."""
        on_all_pages = msgspec.structs.replace(line_filter, before=None)
        query = select(func.count()).select_from(journal).where(is_one_of(journal.c.strand, set(strand_ids)))
        return int(self.connection.execute(query.where(*_conditions(on_all_pages))).scalar_one())

    def lines(self, line_filter: LineFilter, count: int) -> list[StoredLine]:
        """Lines of the whole journal, newest first."""
        return self._lines(_newest(select(journal), line_filter, count))

    def recorded_at(self, position: int) -> datetime | None:
        """When that line was added; None if there is none."""
        return self.connection.scalar(select(journal.c.recorded_at).where(journal.c.position == position))

    def _lines(self, query: Select[Any]) -> list[StoredLine]:
        return [_line(row) for row in self.connection.execute(query)]


def _newest(query: Select[Any], line_filter: LineFilter, count: int) -> Select[Any]:
    return query.where(*_conditions(line_filter)).order_by(journal.c.position.desc()).limit(count)


def _conditions(line_filter: LineFilter) -> Iterable[ColumnElement[bool]]:
    lines = journal.c
    if line_filter.before is not None:
        yield lines.position < line_filter.before
    if line_filter.acts:
        yield is_one_of(lines.act, [act.value for act in line_filter.acts])
    if line_filter.outcome is not None:
        yield lines.outcome == line_filter.outcome.value
    if line_filter.mode is not None:
        yield lines.mode == line_filter.mode.value
    if line_filter.roles:
        yield is_one_of(lines.role, [role.value for role in line_filter.roles])
    if line_filter.actor_blind_index is not None:
        yield lines.actor_mark == line_filter.actor_blind_index
    if line_filter.document_blind_index is not None:
        yield lines.document_mark == line_filter.document_blind_index
    if line_filter.since is not None:
        yield lines.at >= line_filter.since
    if line_filter.until is not None:
        yield lines.at < line_filter.until


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
        "actor_mark": line.actor_blind_index,
        "document_mark": line.document_blind_index,
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
        actor_blind_index=None if row.actor_mark is None else bytes(row.actor_mark),
        document_blind_index=None if row.document_mark is None else bytes(row.document_mark),
    )
