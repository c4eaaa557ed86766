"""The visits of a professional to a record: the professional's own fact, told to nobody else."""

from collections.abc import Mapping

from contracts.consent.permits import Permit
from contracts.records.documents import ListDocuments
from contracts.vocabulary import AccessMode, PatientId
from services.records.context import RecordsContext
from services.records.domain.visits import RecordVisit, visited


def visits_of(ctx: RecordsContext, request: ListDocuments, permit: Permit) -> dict[PatientId, RecordVisit]:
    """The visit that this load is of, for each identity of the holder; none for who is no professional.

    Of normal access only: in an emergency, and in a minor's secret connection, other documents are shown.
    """
    is_normal = request.mode is AccessMode.NORMAL and not request.secret
    if not request.visit or permit.reader is None or not is_normal:
        return {}
    known = ctx.repositories.visits.of(permit.ids, permit.reader)
    return {patient_id: visited(known.get(patient_id), ctx.now) for patient_id in permit.ids}


def keep_visits(ctx: RecordsContext, permit: Permit, record_visits: Mapping[PatientId, RecordVisit]) -> None:
    """Write them, with the commit of the journal's line, for which the reading waits anyway."""
    if record_visits and permit.reader is not None:
        ctx.begin()
        ctx.repositories.visits.keep(permit.reader, record_visits)
