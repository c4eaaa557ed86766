"""The only SQL of the audit service: lines in at the end of a journal, lines out, nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from contracts.vocabulary import AccessMode, Act, DocumentId, Outcome, PatientId, Role
from services.audit.domain.chain import Head, Line, Sealed
from services.audit.tables import heads, journal

_NEW_HEAD = insert(heads)
_RESERVE = _NEW_HEAD.on_conflict_do_update(
    index_elements=["patient_id"], set_={"number": heads.c.number + _NEW_HEAD.excluded.number}
).returning(heads.c.patient_id, heads.c.number, heads.c.hash)
_MOVE = _NEW_HEAD.on_conflict_do_update(index_elements=["patient_id"], set_={"hash": _NEW_HEAD.excluded.hash})


class AuditStore:
    """The journals, through one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def reserve(self, counts: Mapping[PatientId, int]) -> dict[PatientId, Head]:
        """Take the next `count` numbers of each patient; answers where each journal ended before.

        The heads stay locked until the transaction ends. They are locked in the order of their ids, so that two
        bundles about the same people wait for each other and never in a circle.
        """
        rows = self._connection.execute(
            _RESERVE,
            [
                {"patient_id": patient_id, "number": counts[patient_id], "hash": Head().hash}
                for patient_id in sorted(counts)
            ],
        )
        return {
            (patient_id := PatientId(row.patient_id)): Head(
                number=row.number - counts[patient_id], hash=bytes(row.hash)
            )
            for row in rows
        }

    def append(self, sealed: Sequence[Sealed]) -> None:
        """Write lines whose numbers were reserved, each patient's in their order, and move the heads to the last."""
        self._connection.execute(insert(journal), [_row(one) for one in sealed])
        last = {one.line.patient_id: one for one in sealed}
        self._connection.execute(
            _MOVE,
            [
                {"patient_id": patient_id, "number": last[patient_id].line.number, "hash": last[patient_id].hash}
                for patient_id in sorted(last)
            ],
        )

    def page(self, patient_id: PatientId, *, count: int, before: int | None) -> Iterable[Line]:
        """Lines of one journal, newest first, numbered below `before`."""
        query = (
            select(journal).where(journal.c.patient_id == patient_id).order_by(journal.c.number.desc()).limit(count)
        )
        if before is not None:
            query = query.where(journal.c.number < before)
        return [_line(row) for row in self._connection.execute(query)]


def _row(sealed: Sealed) -> dict[str, Any]:
    return msgspec.structs.asdict(sealed.line) | {"hash": sealed.hash}


def _line(row: Row[Any]) -> Line:
    return Line(
        patient_id=PatientId(row.patient_id),
        number=row.number,
        event_id=row.event_id,
        at=row.at.astimezone(UTC),
        act=Act(row.act),
        outcome=Outcome(row.outcome),
        reason=row.reason,
        actor_role=Role(row.actor_role),
        actor=row.actor,
        actor_name=row.actor_name,
        mode=AccessMode(row.mode),
        profession=row.profession,
        structure=row.structure,
        document_id=None if row.document_id is None else DocumentId(row.document_id),
    )
