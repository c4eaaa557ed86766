"""Loading a version of the entitlement matrix, and showing those there are."""

import msgspec

from chassis.units import RequestContext
from contracts.audit import JournalEntry
from contracts.consent import ListMatrices, LoadMatrix, Matrices, MatrixDiff, MatrixVersion
from contracts.errors import MatrixInvalid
from contracts.vocabulary import PLATFORM, Act, Outcome
from services.consent.domain.matrix import (
    Edition,
    check_matrix,
    diff_of,
    entitlement_in,
    in_force,
    name_taken,
    read_matrix,
    ruling_of,
    with_built_in,
)
from services.consent.repositories import MatrixRepository


def load_matrix(repository: MatrixRepository, call: RequestContext[LoadMatrix]) -> MatrixDiff:
    """What the version would change; with `load` it is put on file.

    Raises:
        MatrixInvalid: journalled.
    """
    try:
        diff = _diff(repository, call)
        if not call.message.load:
            return diff
        _add(repository, call, diff)
    except MatrixInvalid as refusal:
        _journal(call, Outcome.REFUSED, refusal.code)
        raise
    _journal(call, Outcome.ALLOWED, "operateur")
    return msgspec.structs.replace(diff, loaded=True)


def list_matrices(repository: MatrixRepository, call: RequestContext[ListMatrices]) -> Matrices:
    """All versions, newest effective date first; one that no longer reads counts no profession."""
    editions = with_built_in(repository.editions())
    ruling = in_force(editions, call.now.date())
    return Matrices(versions=tuple(_shown(one, in_force=one is ruling) for one in editions))


def _diff(repository: MatrixRepository, call: RequestContext[LoadMatrix]) -> MatrixDiff:
    new, editions = read_matrix(call.message.text), with_built_in(repository.editions())
    check_matrix(new, editions, call.now.date())
    return diff_of(new, against=ruling_of(in_force(editions, new.effective)))


def _add(repository: MatrixRepository, call: RequestContext[LoadMatrix], diff: MatrixDiff) -> None:
    """Two operators may pass the check at once with one name; the shelf lets in the first."""
    edition = Edition(version=diff.version, effective=diff.effective, loaded_at=call.now, text=call.message.text)
    if not repository.add(edition, loaded_by=call.actor.subject):
        raise name_taken()


def _shown(edition: Edition, *, in_force: bool) -> MatrixVersion:
    return MatrixVersion(
        version=edition.version,
        effective=edition.effective,
        in_force=in_force,
        professions=len(entitlement_in(edition).by_profession or ()),
        text=edition.text,
    )


def _journal(call: RequestContext[LoadMatrix], outcome: Outcome, reason: str) -> None:
    call.events.journal(JournalEntry.by(call.actor, PLATFORM, Act.CHARGEMENT_MATRICE, outcome=outcome, reason=reason))
