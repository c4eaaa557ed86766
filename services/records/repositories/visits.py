"""When professionals visited records."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import is_one_of
from contracts.vocabulary import PatientId, Rpps
from services.records.domain.visits import RecordVisit
from services.records.tables import professional_visits


class VisitRepository:
    """The visits of professionals, the latest to each record."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, patients: Collection[PatientId], reader: Rpps) -> dict[PatientId, RecordVisit]:
        """The latest visit of a professional to each of these records that they have visited."""
        query = select(professional_visits).where(
            is_one_of(professional_visits.c.patient_id, patients), professional_visits.c.rpps == reader
        )
        return {
            PatientId(row.patient_id): RecordVisit(started=row.started_at, latest=row.latest_at, before=row.before_at)
            for row in self._connection.execute(query)
        }

    def keep(self, reader: Rpps, latest: Mapping[PatientId, RecordVisit]) -> None:
        """Write a professional's visits, in place of those before."""
        rows = [
            {
                "patient_id": patient_id,
                "rpps": reader,
                "started_at": each.started,
                "latest_at": each.latest,
                "before_at": each.before,
            }
            # Always in the same order: two loads at once do not wait for each other.
            for patient_id, each in sorted(latest.items())
        ]
        written = insert(professional_visits).values(rows)
        times = ("started_at", "latest_at", "before_at")
        self._connection.execute(
            written.on_conflict_do_update(
                index_elements=[professional_visits.c.patient_id, professional_visits.c.rpps],
                set_={name: written.excluded[name] for name in times},
            )
        )
