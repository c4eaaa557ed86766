"""What a patient decides about professionals and care teams."""

from datetime import timedelta

from chassis.handlers import handles
from contracts.consent import (
    AboutProfessional,
    AboutTeam,
    Authorisation,
    Consent,
    Decision,
    DeclareAuthorisation,
    Done,
    GiveAuthorisation,
    GiveTeamAuthorisation,
    Purpose,
    TeamAuthorisation,
)
from contracts.errors import ProofInvalid
from contracts.identity import Identity, VitaleProof
from contracts.vocabulary import Act, PatientId, Rpps
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.terms import check_rpps, check_structure, check_until, permission


@handles(Consent.declare_authorisation)
def declare_authorisation(ctx: ConsentContext, request: DeclareAuthorisation) -> Authorisation:
    """The professional asked, the patient's card proves presence: an authorisation stands from now on.

    Raises:
        ProofInvalid: the card is another patient's. Refusal: the law's, journalled.
    """
    patient_id, rpps = request.patient_id, Rpps(ctx.actor.subject)
    question = ctx.authorizer.ask(patient_id, Purpose.DECLARE, record_status=ctx.authorizer.record_status(patient_id))
    decision = ctx.authorizer.check(question, Act.AJOUT_AUTORISATION)
    # The proof is spent by being read; a refusal must leave it to be shown again.
    shown = ctx.remote(Identity.admit_patient, VitaleProof(proof=request.vitale_proof))
    if shown.patient_id != patient_id:
        raise ProofInvalid
    usual = timedelta(days=ctx.settings.authorisation_days)
    fact = permission(FactKind.AUTORISATION, rpps, None, now=ctx.now, usual=usual)
    ctx.facts.note(patient_id, fact, now=ctx.now)
    ctx.authorizer.done(question, Act.AJOUT_AUTORISATION, decision)
    return _authorisation(ctx, patient_id, fact)


@handles(Consent.give_authorisation)
def give_authorisation(ctx: ConsentContext, request: GiveAuthorisation) -> Authorisation:
    """The patient gives one from afar, to a professional of their choice.

    Raises:
        InvalidRequest: rpps, until. Refusal: the law's, journalled.
    """
    check_rpps(request.rpps)
    check_until(request.until, ctx.now)
    usual = timedelta(days=ctx.settings.authorisation_days)
    fact = permission(FactKind.AUTORISATION, request.rpps, request.until, now=ctx.now, usual=usual)
    _note(ctx, request.patient_id, fact, Act.AJOUT_AUTORISATION)
    return _authorisation(ctx, request.patient_id, fact)


@handles(Consent.give_team_authorisation)
def give_team_authorisation(ctx: ConsentContext, request: GiveTeamAuthorisation) -> TeamAuthorisation:
    """The patient lets whoever works in a structure read; raises as `give_authorisation`."""
    check_structure(request.structure)
    check_until(request.until, ctx.now)
    usual = timedelta(days=ctx.settings.authorisation_days)
    fact = permission(FactKind.EQUIPE_DE_SOINS, request.structure, request.until, now=ctx.now, usual=usual)
    _note(ctx, request.patient_id, fact, Act.AJOUT_AUTORISATION)
    return TeamAuthorisation(
        patient_id=request.patient_id,
        structure=request.structure,
        since=ctx.now,
        until=fact.until or ctx.now,
    )


@handles(Consent.end_authorisation)
def end_authorisation(ctx: ConsentContext, request: AboutProfessional) -> Done:
    """The patient ends it; ending what is not there is no error."""
    check_rpps(request.rpps)
    _forget(ctx, request.patient_id, FactKind.AUTORISATION, request.rpps, Act.FIN_AUTORISATION)
    return Done()


@handles(Consent.end_team_authorisation)
def end_team_authorisation(ctx: ConsentContext, request: AboutTeam) -> Done:
    """The patient ends it; ending what is not there is no error."""
    check_structure(request.structure)
    _forget(ctx, request.patient_id, FactKind.EQUIPE_DE_SOINS, request.structure, Act.FIN_AUTORISATION)
    return Done()


@handles(Consent.name_medecin_traitant)
def name_medecin_traitant(ctx: ConsentContext, request: AboutProfessional) -> Done:
    """The patient names one; several may be named."""
    check_rpps(request.rpps)
    fact = Fact(kind=FactKind.MEDECIN_TRAITANT, party=request.rpps)
    _note(ctx, request.patient_id, fact, Act.NOMMER_MEDECIN_TRAITANT)
    return Done()


@handles(Consent.dismiss_medecin_traitant)
def dismiss_medecin_traitant(ctx: ConsentContext, request: AboutProfessional) -> Done:
    """The patient takes a name back."""
    check_rpps(request.rpps)
    _forget(ctx, request.patient_id, FactKind.MEDECIN_TRAITANT, request.rpps, Act.RETRAIT_MEDECIN_TRAITANT)
    return Done()


@handles(Consent.block_professional)
def block_professional(ctx: ConsentContext, request: AboutProfessional) -> Done:
    """The patient, or a médecin traitant, shuts a professional out, in every mode."""
    check_rpps(request.rpps)
    fact = Fact(kind=FactKind.BLOCAGE, party=request.rpps)
    _note(ctx, request.patient_id, fact, Act.BLOCAGE, Purpose.BLOCK)
    return Done()


@handles(Consent.unblock_professional)
def unblock_professional(ctx: ConsentContext, request: AboutProfessional) -> Done:
    """The patient lifts a block."""
    check_rpps(request.rpps)
    _forget(ctx, request.patient_id, FactKind.BLOCAGE, request.rpps, Act.DEBLOCAGE)
    return Done()


def _note(
    ctx: ConsentContext, patient_id: PatientId, fact: Fact, act: Act, purpose: Purpose = Purpose.MANAGE
) -> Decision:
    question = ctx.authorizer.ask(patient_id, purpose)
    decision = ctx.authorizer.check(question, act, about=fact.party)
    ctx.facts.note(patient_id, fact, now=ctx.now)
    ctx.authorizer.done(question, act, decision, about=fact.party)
    return decision


def _forget(ctx: ConsentContext, patient_id: PatientId, kind: FactKind, party: str, act: Act) -> None:
    question = ctx.authorizer.ask(patient_id, Purpose.MANAGE)
    decision = ctx.authorizer.check(question, act, about=party)
    ctx.facts.forget(patient_id, kind, party)
    ctx.authorizer.done(question, act, decision, about=party)


def _authorisation(ctx: ConsentContext, patient_id: PatientId, fact: Fact) -> Authorisation:
    now = ctx.now
    return Authorisation(patient_id=patient_id, rpps=Rpps(fact.party), since=now, until=fact.until or now)
