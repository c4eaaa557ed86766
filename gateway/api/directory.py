"""The directory of professionals, for patients who decide about them."""

from typing import Annotated

from litestar import post
from litestar.status_codes import HTTP_200_OK

from contracts.identity.api import Identity
from contracts.identity.directory import DirectoryNames, NameProfessionals, ProfessionalsFound, SearchProfessionals
from gateway.clients import ApiRequest
from gateway.directory_search import find_professionals
from gateway.guards import ROLES
from gateway.openapi import example


@post(
    "/dmp/professionals/search",
    opt={ROLES: Identity.search_professionals.roles},
    status_code=HTTP_200_OK,
    tags=["Accès"],
    summary="Chercher un professionnel dans l'annuaire",
)
async def search_professionals(
    request: ApiRequest, data: Annotated[SearchProfessionals, example(name="sorgue malik", structure="halle")]
) -> ProfessionalsFound:
    """Find professionals by the first letters of their names, to authorise or block one; 20 at most.

    `structure`: the first letters of words in the name of a place where they work. `profession`: code of TRE_G15."""
    return await find_professionals(request, data)


@post(
    "/dmp/professionals/names",
    opt={ROLES: Identity.name_professionals.roles},
    status_code=HTTP_200_OK,
    tags=["Accès"],
    summary="Nommer des professionnels et des structures",
)
async def name_professionals(
    request: ApiRequest, data: Annotated[NameProfessionals, example(rpps=["89990000039"], structures=["990000036"])]
) -> DirectoryNames:
    """Tell the names behind RPPS and FINESS numbers, 200 of each at most, as the directory lists them."""
    return await request.call(Identity.name_professionals, data)


ROUTES = [search_professionals, name_professionals]
