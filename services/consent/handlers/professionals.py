"""A patient's decisions about professionals and care teams."""

from datetime import timedelta

import msgspec

from chassis.access_rules import asks
from chassis.handlers import handles
from contracts.consent.api import Consent
from contracts.consent.authorisations import (
    AboutProfessional,
    AboutTeam,
    Authorisation,
    DeclareAuthorisation,
    Done,
    GiveAuthorisation,
    GiveTeamAuthorisation,
    TeamAuthorisation,
)
from contracts.consent.decisions import Purpose
from contracts.errors.request import ProofInvalid
from contracts.identity.api import Identity
from contracts.identity.people import VitaleProof
from contracts.vocabulary import Act, PatientId, Rpps
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.terms import check_rpps, check_structure, check_until, permission
from services.consent.lifting import lift

_GIVES = asks(Purpose.MANAGE, Act.AJOUT_AUTORISATION)
_ENDS = asks(Purpose.MANAGE, Act.FIN_AUTORISATION)


@handles(Consent.declare_authorisation, access=asks(Purpose.DECLARE, Act.AJOUT_AUTORISATION))
def declare_authorisation(ctx: ConsentContext, request: DeclareAuthorisation) -> Authorisation:
    """An authorisation declared by the professional, with the patient's card as proof of presence.

    One declared in a minor's secret connection is beside any other, and holds in the secret connection only.

    Raises:
        ProofInvalid: the card is another patient's. Refusal: the law's.
    """
    patient_id, rpps = request.patient_id, Rpps(ctx.actor.subject)
    record = ctx.authorizer.record(patient_id)
    ctx.access.permit(record_status=record.status, minor=record.minor)
    # Reading the proof uses it up; after a refusal it must still be valid.
    holder = ctx.remote(Identity.admit_patient, VitaleProof(proof=request.vitale_proof))
    if not ctx.facts.are_one(patient_id, holder.patient_id):
        raise ProofInvalid(cause="patient")
    usual = timedelta(days=ctx.settings.authorisation_days)
    fact = permission(FactKind.AUTORISATION, rpps, None, now=ctx.now, usual=usual, secret=request.secret)
    ctx.facts.put(patient_id, fact, now=ctx.now)
    return _authorisation(ctx, patient_id, fact)


@handles(Consent.give_authorisation, access=_GIVES)
def give_authorisation(ctx: ConsentContext, request: GiveAuthorisation) -> Authorisation:
    """An authorisation given by the patient without the professional being present.

    Raises:
        InvalidRequest: rpps, until. Refusal: the law's.
    """
    check_rpps(request.rpps)
    check_until(request.until, ctx.now)
    usual = timedelta(days=ctx.settings.authorisation_days)
    fact = permission(FactKind.AUTORISATION, request.rpps, request.until, now=ctx.now, usual=usual)
    _put(ctx, request.patient_id, fact)
    return _authorisation(ctx, request.patient_id, fact)


@handles(Consent.give_team_authorisation, access=_GIVES)
def give_team_authorisation(ctx: ConsentContext, request: GiveTeamAuthorisation) -> TeamAuthorisation:
    """An authorisation for everybody who works in a structure.

    Raises:
        InvalidRequest: structure, until. Refusal: the law's.
    """
    check_structure(request.structure)
    check_until(request.until, ctx.now)
    usual = timedelta(days=ctx.settings.authorisation_days)
    fact = permission(FactKind.EQUIPE_DE_SOINS, request.structure, request.until, now=ctx.now, usual=usual)
    _put(ctx, request.patient_id, fact)
    return TeamAuthorisation(
        patient_id=request.patient_id,
        structure=request.structure,
        since=ctx.now,
        until=fact.until or ctx.now,
        renews=fact.renews,
    )


@handles(Consent.end_authorisation, access=_ENDS)
def end_authorisation(ctx: ConsentContext, request: AboutProfessional) -> Done:
    """It is no error if there is no such authorisation."""
    check_rpps(request.rpps)
    _forget(ctx, request.patient_id, FactKind.AUTORISATION, request.rpps)
    return Done()


@handles(Consent.end_team_authorisation, access=_ENDS)
def end_team_authorisation(ctx: ConsentContext, request: AboutTeam) -> Done:
    """It is no error if there is no such authorisation."""
    check_structure(request.structure)
    _forget(ctx, request.patient_id, FactKind.EQUIPE_DE_SOINS, request.structure)
    return Done()


@handles(Consent.name_medecin_traitant, access=asks(Purpose.MANAGE, Act.NOMMER_MEDECIN_TRAITANT))
def name_medecin_traitant(ctx: ConsentContext, request: AboutProfessional) -> Done:
    """Several may be named."""
    check_rpps(request.rpps)
    fact = Fact(kind=FactKind.MEDECIN_TRAITANT, party=request.rpps)
    _put(ctx, request.patient_id, fact)
    return Done()


@handles(Consent.dismiss_medecin_traitant, access=asks(Purpose.MANAGE, Act.RETRAIT_MEDECIN_TRAITANT))
def dismiss_medecin_traitant(ctx: ConsentContext, request: AboutProfessional) -> Done:
    """It is no error if they were not named."""
    check_rpps(request.rpps)
    _forget(ctx, request.patient_id, FactKind.MEDECIN_TRAITANT, request.rpps)
    return Done()


@handles(Consent.block_professional, access=asks(Purpose.BLOCK, Act.BLOCAGE))
def block_professional(ctx: ConsentContext, request: AboutProfessional) -> Done:
    """By the patient or a médecin traitant; a block holds in every mode."""
    check_rpps(request.rpps)
    _put(ctx, request.patient_id, Fact(kind=FactKind.BLOCAGE, party=request.rpps))
    ctx.facts.forget(request.patient_id, FactKind.LEVEE_BLOCAGE, request.rpps)
    return Done()


@handles(Consent.unblock_professional, access=asks(Purpose.MANAGE, Act.DEBLOCAGE))
def unblock_professional(ctx: ConsentContext, request: AboutProfessional) -> Done:
    """It is no error if there is no block; a representative lifts the holder's for as long as they represent."""
    check_rpps(request.rpps)
    ctx.access.about = request.rpps
    ctx.access.permit()
    lift(ctx, request.patient_id, FactKind.BLOCAGE, request.rpps)
    return Done()


def _put(ctx: ConsentContext, patient_id: PatientId, fact: Fact) -> None:
    ctx.access.about = fact.party
    ctx.access.permit()
    given = msgspec.structs.replace(fact, giver=ctx.access.giver)
    ctx.facts.put(patient_id, given, now=ctx.now)


def _forget(ctx: ConsentContext, patient_id: PatientId, kind: FactKind, party: str) -> None:
    ctx.access.about = party
    permit = ctx.access.permit()
    # What is secret from representatives is as if it were not there: they do not end it either.
    ctx.facts.forget(patient_id, kind, party, but_secret=permit.limits.hides_secret)


def _authorisation(ctx: ConsentContext, patient_id: PatientId, fact: Fact) -> Authorisation:
    rpps, now = Rpps(fact.party), ctx.now
    until = fact.until or now
    return Authorisation(
        patient_id=patient_id, rpps=rpps, since=now, until=until, renews=fact.renews, secret=fact.secret
    )
