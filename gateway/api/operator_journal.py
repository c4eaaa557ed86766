"""The journal for the operator: search, erasure of identities, acts attested."""

from typing import Annotated

from litestar import post
from litestar.status_codes import HTTP_200_OK

from contracts.audit import (
    ActAttested,
    AttestAct,
    Audit,
    EraseIdentity,
    IdentityErased,
    JournalSearchPage,
    SearchJournal,
)
from gateway.clients import ApiRequest
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
    request: ApiRequest, data: Annotated[SearchJournal, example(actor="10100000001", count=50)]
) -> JournalSearchPage:
    """Search lines by patient, actor, or within one day; patients are not named. The search itself is journaled."""
    return await request.call(Audit.search_journal, data)


@post(
    "/operator/journal/erasures",
    opt={ROLES: Audit.erase_identity.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Effacer une identité du journal",
)
async def erase_identity(
    request: ApiRequest,
    data: Annotated[EraseIdentity, example(patient_id="018f9c5e-be55-7a7c-8e98-7ddd8b5a6f7d")],
) -> IdentityErased:
    """Destroy the keys of the names in a destroyed record's journal; lines and proofs stay. This cannot be undone."""
    return await request.call(Audit.erase_identity, data)


@post(
    "/operator/acts",
    opt={ROLES: Audit.attest_act.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Attester un acte fait sur la machine",
)
async def attest_act(
    request: ApiRequest, data: Annotated[AttestAct, example(act="suppression_message", subject="0f3b9c2d11")]
) -> ActAttested:
    """Write in the journal what is about to be done outside the services: drop a message, change keys."""
    return await request.call(Audit.attest_act, data)


ROUTES = [search_journal, erase_identity, attest_act]
