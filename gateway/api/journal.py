"""The journal of a record, read by its holder."""

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from contracts.audit import Audit, Journal, ReadJournal
from contracts.vocabulary import PatientId
from gateway.api.parameters import Count, PatientInPath
from gateway.clients import Caller
from gateway.guards import ROLES


@get(
    "/dmp/records/{patient_id:uuid}/journal",
    opt={ROLES: Audit.read_journal.roles},
    tags=["Suivi"],
    summary="Lire le journal de son dossier",
)
async def read_journal(
    request: Caller,
    patient_id: PatientInPath,
    count: Count = 50,
    before: Annotated[
        int | None,
        QueryParameter(ge=1, description="Le numéro où la page précédente s'est arrêtée · Where the last page ended"),
    ] = None,
) -> Journal:
    """Who did what to the record, allowed or refused, newest first."""
    return await request.ask(
        Audit.read_journal, ReadJournal(patient_id=PatientId(patient_id), count=count, before=before)
    )


ROUTES = [read_journal]
