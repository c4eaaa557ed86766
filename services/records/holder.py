"""The traits of a record's holder: those known here, or identity's where these are unknown or may be outdated."""

from contracts.identity.api import Identity
from contracts.identity.people import GetTraits
from services.records.context import RecordsContext
from services.records.domain.building import Deposit, claimed_traits
from services.records.domain.traits import HolderTraits, contradicted, holder_traits
from services.records.repositories.records import RecordRepository


def current_traits(ctx: RecordsContext, deposit: Deposit, known: HolderTraits | None) -> HolderTraits | None:
    """The traits to compare a deposit with; None where identity knows nobody by this id.

    Identity is asked before a contradiction counts: a card may have been shown since that states other traits.
    """
    if known is not None and not _contradicts(deposit, known):
        return known
    found = ctx.remote.as_service(Identity.traits_of, GetTraits(patient_id=deposit.patient_id)).traits
    if found is None:
        return known
    current = holder_traits(found)
    if current != known:
        # Kept even if the deposit is refused.
        with ctx.autocommit() as connection:
            RecordRepository(connection).set_traits(deposit.patient_id, current)
    return current


def _contradicts(deposit: Deposit, known: HolderTraits) -> bool:
    claims = (claimed for document in deposit.documents for claimed, _ in claimed_traits(deposit, document))
    return any(contradicted(claimed, known) for claimed in claims)
