"""Patients as their carte Vitale states them: the INS it claims, and their entry among the patients."""

from uuid import uuid4

from contracts.errors.request import PatientDeceased
from contracts.identity.people import Traits
from contracts.vocabulary import Ins, PatientId
from services.identity import domain
from services.identity.cards import VitaleClaims
from services.identity.context import IdentityContext
from services.identity.repositories.patients import PatientRepository


def claimed_ins(claims: VitaleClaims) -> Ins:
    """The INS a card states."""
    return Ins(matricule=claims.sub, oid=claims.ins_oid)


def traits_of_card(claims: VitaleClaims) -> Traits:
    """The traits a card states."""
    return Traits(
        family_name=claims.family_name,
        given_names=claims.given_names,
        birth_date=claims.birth_date,
        sex=claims.sex,
    )


def check_claimed_ins(ctx: IdentityContext, claims: VitaleClaims) -> bool:
    """Whether the key of the stated INS is right.

    Raises:
        InvalidIns, IdentityNotAdmitted: as `domain.check_ins`. PatientDeceased: nobody shows this card any more.
    """
    key_is_right = domain.check_ins(claimed_ins(claims), test_identities=ctx.tools.test_identities)
    with ctx.database.autocommit() as repositories:
        if repositories.is_ins_of_deceased(claimed_ins(claims)):
            raise PatientDeceased
    return key_is_right


def enter_patient(
    ctx: IdentityContext, repositories: PatientRepository, claims: VitaleClaims, *, key_is_right: bool
) -> PatientId:
    """Enter the card's holder among the patients, or renew what is known of them."""
    new_id, traits = PatientId(uuid4()), traits_of_card(claims)
    return repositories.admit(claimed_ins(claims), traits, key_is_right=key_is_right, new_id=new_id, now=ctx.now)
