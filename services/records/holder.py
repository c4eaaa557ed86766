"""Traits and numbers of a record's holder: those known here, or identity's where these may be outdated."""

from collections.abc import Collection

from contracts.consent.api import Consent
from contracts.consent.authorisations import AuthorisationStatus, GetAuthorisationStatus
from contracts.consent.permits import Permit
from contracts.errors.execution import HeaderContradicts
from contracts.identity.api import Identity
from contracts.identity.numbers import GetIns
from contracts.identity.people import GetTraits, GetTraitsOfSeveral, Traits
from contracts.records.documents import RecordHolder
from contracts.vocabulary import Ins, PatientId, Role
from services.records.context import RecordsContext
from services.records.domain.building import Deposit, check_patients, claimed_traits
from services.records.domain.permits import can_learn_holder
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


def holder_shown(ctx: RecordsContext, permit: Permit) -> RecordHolder | None:
    """Who the holder is, for whoever may learn it."""
    is_professional, patient_id = ctx.actor.role is Role.PROFESSIONAL, permit.patient_id
    if not can_learn_holder(ctx.actor.role, permit):
        return None
    traits = ctx.remote.as_service(Identity.traits_of, GetTraits(patient_id=patient_id)).traits
    ins = ctx.repositories.records.active((patient_id,)).get(patient_id)
    if traits is None or ins is None:
        return None
    if not is_professional:
        return RecordHolder(traits=traits, ins=ins, authorisation=AuthorisationStatus.NONE, medecin_traitant=False)
    given = ctx.remote(Consent.my_standing, GetAuthorisationStatus(patient_id=patient_id))
    return RecordHolder(traits=traits, ins=ins, authorisation=given.status, medecin_traitant=given.medecin_traitant)


def traits_of_mine(ctx: RecordsContext, readable: Collection[PatientId]) -> dict[PatientId, Traits]:
    """Who the holders are of records that consent says a professional may read; nobody for others who ask."""
    if ctx.actor.role is not Role.PROFESSIONAL or not readable:
        return {}
    message = GetTraitsOfSeveral(patient_ids=tuple(readable))
    return ctx.remote.as_service(Identity.traits_of_several, message).traits


def known_numbers(ctx: RecordsContext, deposit: Deposit, current: Ins) -> tuple[Ins, ...]:
    """The numbers by which a deposit may name the holder: identity is asked before another one contradicts."""
    try:
        check_patients(deposit, (current,))
    except HeaderContradicts:
        found = ctx.remote.as_service(Identity.ins_of, GetIns(patient_id=deposit.patient_id))
        return (found.ins or current, *found.former)
    return (current,)


def _contradicts(deposit: Deposit, known: HolderTraits) -> bool:
    claims = (claimed for document in deposit.documents for claimed, _ in claimed_traits(deposit, document))
    return any(contradicted(claimed, known) for claimed in claims)
