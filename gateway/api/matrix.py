"""The entitlement matrix: listed, compared, loaded and withdrawn by the operator."""

from typing import Annotated

from litestar import get, post
from litestar.status_codes import HTTP_200_OK

from contracts.consent.api import Consent
from contracts.consent.matrices import ListMatrices, LoadMatrix, Matrices, MatrixDiff, WithdrawMatrix
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


@post(
    "/operator/matrices/withdrawals",
    opt={ROLES: Consent.withdraw_matrix.roles},
    status_code=HTTP_200_OK,
    tags=["Exploitation"],
    summary="Comparer sans une version chargée de la matrice, ou la retirer",
)
async def withdraw_matrix(
    request: ApiRequest,
    data: Annotated[WithdrawMatrix, example(version="arrete-2027-01-15", withdraw=False)],
) -> MatrixDiff:
    """Say what changes without a loaded version; with `withdraw` it is withdrawn, and in force no more."""
    return await request.call(Consent.withdraw_matrix, data)


ROUTES = [list_matrices, load_matrix, withdraw_matrix]
