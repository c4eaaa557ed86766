"""Versions of the entitlement matrix: loaded, withdrawn and listed."""

import msgspec

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.editions import Edition, in_force
from chassis.handlers import handles
from contracts.consent.api import Consent
from contracts.consent.matrices import (
    ListMatrices,
    LoadMatrix,
    Matrices,
    MatrixDiff,
    MatrixVersion,
    WithdrawMatrix,
)
from contracts.errors.request import MatrixNotFound
from contracts.vocabulary import Act
from services.consent.context import ConsentContext
from services.consent.domain.matrix import (
    check_matrix,
    diff_of,
    entitlement_in,
    name_taken,
    read_matrix,
    ruling_of,
)


@handles(
    Consent.load_matrix,
    access=unasked(NoQuestion.OPERATOR, Act.CHARGEMENT_MATRICE, skips=(NoEntry.COMPARED,)),
)
def load_matrix(ctx: ConsentContext, request: LoadMatrix) -> MatrixDiff:
    """What the version would change; with `load` it is stored.

    Raises:
        MatrixInvalid.
    """
    ctx.access.reason = "operateur"
    diff = _diff(ctx, request)
    if not request.load:
        ctx.access.skip(NoEntry.COMPARED)
        return diff
    _add(ctx, request, diff)
    return msgspec.structs.replace(diff, loaded=True)


@handles(
    Consent.withdraw_matrix,
    access=unasked(NoQuestion.OPERATOR, Act.RETRAIT_MATRICE, skips=(NoEntry.COMPARED,)),
)
def withdraw_matrix(ctx: ConsentContext, request: WithdrawMatrix) -> MatrixDiff:
    """What the withdrawal would change; with `withdraw` the version is withdrawn.

    Raises:
        MatrixNotFound: no version of that name was loaded, or it was withdrawn before.
    """
    ctx.access.reason = "operateur"
    diff = _diff_without(ctx, request.version)
    if not request.withdraw:
        ctx.access.skip(NoEntry.COMPARED)
        return diff
    if not ctx.matrices.withdraw(request.version, at=ctx.now, by=ctx.actor.subject):
        raise MatrixNotFound
    return msgspec.structs.replace(diff, loaded=True)


@handles(Consent.list_matrices, access=unjournalled(NoEntry.PLATFORM_TABLE, NoQuestion.OPERATOR), reading=True)
def list_matrices(ctx: ConsentContext, _request: ListMatrices) -> Matrices:
    """All versions, newest effective date first; a version whose text is no longer valid counts no profession."""
    editions = ctx.matrices.editions()
    current = in_force(editions, ctx.now.date())
    return Matrices(versions=tuple(_version(edition, in_force=edition is current) for edition in editions))


def _diff(ctx: ConsentContext, request: LoadMatrix) -> MatrixDiff:
    new, editions = read_matrix(request.text), ctx.matrices.editions()
    check_matrix(new, editions, ctx.now.date())
    return diff_of(new, against=ruling_of(in_force(editions, new.effective)))


def _diff_without(ctx: ConsentContext, version: str) -> MatrixDiff:
    """Nobody loaded the built-in version, so nobody withdraws it; nor what no other version would replace."""
    editions = ctx.matrices.editions()
    withdrawn = next((edition for edition in editions if edition.version == version), None)
    if withdrawn is None or withdrawn.loaded_at is None or withdrawn.withdrawn_at is not None:
        raise MatrixNotFound
    day = max(withdrawn.effective, ctx.now.date())
    instead = in_force((edition for edition in editions if edition is not withdrawn), day)
    if instead is None:
        raise MatrixNotFound
    diff = diff_of(ruling_of(instead), against=ruling_of(in_force(editions, day)))
    return msgspec.structs.replace(diff, effective=day, against=version)


def _add(ctx: ConsentContext, request: LoadMatrix, diff: MatrixDiff) -> None:
    """Two operators may pass the check with one name at the same time; the table takes the first."""
    edition = Edition(version=diff.version, effective=diff.effective, loaded_at=ctx.now, text=request.text)
    if not ctx.matrices.add(edition, loaded_by=ctx.actor.subject):
        raise name_taken()


def _version(edition: Edition, *, in_force: bool) -> MatrixVersion:
    return MatrixVersion(
        version=edition.version,
        effective=edition.effective,
        in_force=in_force,
        professions=len(entitlement_in(edition).by_profession or ()),
        text=edition.text,
        withdrawn_at=edition.withdrawn_at,
    )
