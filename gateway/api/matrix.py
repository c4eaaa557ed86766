"""The entitlement matrix: listed, compared and loaded by the operator."""

from typing import Annotated

from litestar import get, post
from litestar.status_codes import HTTP_200_OK

from contracts.consent.api import Consent
from contracts.consent.matrices import ListMatrices, LoadMatrix, Matrices, MatrixDiff
from gateway.clients import ApiRequest
from gateway.guards import ROLES
from gateway.openapi import example


@get(
    "/operator/matrices",
    opt={ROLES: Consent.list_matrices.roles},
    tags=["Exploitation"],
    summary="Voir les versions de la matrice d'habilitation",
)
async def list_matrices(request: ApiRequest) -> Matrices:
    """List all versions with their texts, newest effective date first."""
    return await request.call(Consent.list_matrices, ListMatrices())


@post(
    "/operator/matrices",
    opt={ROLES: Consent.load_matrix.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Comparer ou charger une version de la matrice",
)
async def load_matrix(
    request: ApiRequest,
    data: Annotated[LoadMatrix, example(text='{"version": "arrete-2027-01-15", ...}', load=False)],
) -> MatrixDiff:
    """Compare a version with the current one; with `load` it is loaded, and takes effect on its effective date."""
    return await request.call(Consent.load_matrix, data)


ROUTES = [list_matrices, load_matrix]
