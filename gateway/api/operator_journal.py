"""What the operator may do with the journal: search it, and erase who somebody was."""

from typing import Annotated

from litestar import post
from litestar.status_codes import HTTP_200_OK

from contracts.audit import Audit, EraseIdentity, Found, IdentityErased, SearchJournal
from gateway.clients import Caller
from gateway.guards import ROLES
from gateway.openapi import example


@post(
    "/operator/journal/search",
    opt={ROLES: Audit.search_journal.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Chercher dans tous les journaux",
)
async def search_journal(
    request: Caller, data: Annotated[SearchJournal, example(actor="10100000001", count=50)]
) -> Found:
    """Lines by patient, by actor, or of a day at most; no patient is named. The search is a line of the journal."""
    return await request.ask(Audit.search_journal, data)


@post(
    "/operator/journal/erasures",
    opt={ROLES: Audit.erase_identity.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Effacer une identité du journal",
)
async def erase_identity(
    request: Caller,
    data: Annotated[EraseIdentity, example(patient_id="018f9c5e-be55-7a7c-8e98-7ddd8b5a6f7d")],
) -> IdentityErased:
    """Destroy the keys under which a patient's journal names people; lines and proofs stay. There is no way back."""
    return await request.ask(Audit.erase_identity, data)


ROUTES = [search_journal, erase_identity]
