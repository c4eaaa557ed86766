"""The filing plan, which assigns documents to sections: shown, compared and loaded by the operator."""

from typing import Annotated

from litestar import get, post
from litestar.status_codes import HTTP_200_OK

from contracts.records.api import Records
from contracts.records.filing import FilingDiff, FilingShown, LoadFiling, ShowFiling
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example

_EXAMPLE = '{"version": "2027-01", "rules": [{"type_code": "29274-8", "section": "analyses"}]}'


@get(
    "/operator/filing",
    opt={ROLES: Records.show_filing.roles},
    tags=["Exploitation"],
    summary="Voir le plan de classement en vigueur",
)
async def show_filing(request: ApiRequest) -> FilingShown:
    """Show the plan in force, with its text, and how many documents are still filed by an older one."""
    return await request.call(Records.show_filing, ShowFiling())


@post(
    "/operator/filing",
    opt={ROLES: Records.load_filing.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Comparer ou charger un plan de classement",
)
async def load_filing(
    request: ApiRequest, data: Annotated[LoadFiling, example(text=_EXAMPLE, load=False)]
) -> FilingDiff:
    """Compare a plan with the one in force; with `load` it takes effect at once, and stored documents are refiled."""
    return await request.call(Records.load_filing, data)


ROUTES = [show_filing, load_filing]
