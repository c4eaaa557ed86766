"""What a patient decides about professionals and care teams."""

from datetime import timedelta

from contracts.consent import (
    AboutProfessional,
    AboutTeam,
    Authorisation,
    Decision,
    DeclareAuthorisation,
    GiveAuthorisation,
    GiveTeamAuthorisation,
    Purpose,
    TeamAuthorisation,
)
from contracts.errors import ProofInvalid
from contracts.identity import Identity, VitaleProof
from contracts.vocabulary import Act, PatientId, Rpps
from services.consent.authorizer import Authorizer
from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.terms import check_rpps, check_structure, check_until, permission
from services.consent.settings import ConsentSettings


def declare_authorisation(
    authorizer: Authorizer, request: DeclareAuthorisation, settings: ConsentSettings
) -> Authorisation:
    """The professional asked, the patient's card proves presence: an authorisation stands from now on.

    Raises:
        ProofInvalid: the card is another patient's. Refusal: the law's, journalled.
    """
    patient_id, rpps = request.patient_id, Rpps(authorizer.call.actor.subject)
    question = authorizer.ask(patient_id, Purpose.DECLARE, record_status=authorizer.record_status(patient_id))
    decision = authorizer.check(question, Act.AJOUT_AUTORISATION)
    # The proof is spent by being read; a refusal must leave it to be shown again.
    shown = authorizer.call.remote(Identity.admit_patient, VitaleProof(proof=request.vitale_proof))
    if shown.patient_id != patient_id:
        raise ProofInvalid
    usual = timedelta(days=settings.authorisation_days)
    fact = permission(FactKind.AUTORISATION, rpps, None, now=authorizer.call.now, usual=usual)
    authorizer.repository.note(patient_id, fact, now=authorizer.call.now)
    authorizer.done(question, Act.AJOUT_AUTORISATION, decision)
    return _authorisation(authorizer, patient_id, fact)


def give_authorisation(
    authorizer: Authorizer, request: GiveAuthorisation, settings: ConsentSettings
) -> Authorisation:
    """The patient gives one from afar, to a professional of their choice.

    Raises:
        InvalidRequest: rpps, until. Refusal: the law's, journalled.
    """
    check_rpps(request.rpps)
    check_until(request.until, authorizer.call.now)
    usual = timedelta(days=settings.authorisation_days)
    fact = permission(FactKind.AUTORISATION, request.rpps, request.until, now=authorizer.call.now, usual=usual)
    _note(authorizer, request.patient_id, fact, Act.AJOUT_AUTORISATION)
    return _authorisation(authorizer, request.patient_id, fact)


def give_team_authorisation(
    authorizer: Authorizer, request: GiveTeamAuthorisation, settings: ConsentSettings
) -> TeamAuthorisation:
    """The patient lets whoever works in a structure read; raises as `give_authorisation`."""
    check_structure(request.structure)
    check_until(request.until, authorizer.call.now)
    usual = timedelta(days=settings.authorisation_days)
    fact = permission(
        FactKind.EQUIPE_DE_SOINS, request.structure, request.until, now=authorizer.call.now, usual=usual
    )
    _note(authorizer, request.patient_id, fact, Act.AJOUT_AUTORISATION)
    return TeamAuthorisation(
        patient_id=request.patient_id,
        structure=request.structure,
        since=authorizer.call.now,
        until=fact.until or authorizer.call.now,
    )


def end_authorisation(authorizer: Authorizer, request: AboutProfessional) -> None:
    """The patient ends it; ending what is not there is no error."""
    check_rpps(request.rpps)
    _forget(authorizer, request.patient_id, FactKind.AUTORISATION, request.rpps, Act.FIN_AUTORISATION)


def end_team_authorisation(authorizer: Authorizer, request: AboutTeam) -> None:
    """The patient ends it; ending what is not there is no error."""
    check_structure(request.structure)
    _forget(authorizer, request.patient_id, FactKind.EQUIPE_DE_SOINS, request.structure, Act.FIN_AUTORISATION)


def name_medecin_traitant(authorizer: Authorizer, request: AboutProfessional) -> None:
    """The patient names one; several may be named."""
    check_rpps(request.rpps)
    fact = Fact(kind=FactKind.MEDECIN_TRAITANT, party=request.rpps)
    _note(authorizer, request.patient_id, fact, Act.NOMMER_MEDECIN_TRAITANT)


def dismiss_medecin_traitant(authorizer: Authorizer, request: AboutProfessional) -> None:
    """The patient takes a name back."""
    check_rpps(request.rpps)
    _forget(authorizer, request.patient_id, FactKind.MEDECIN_TRAITANT, request.rpps, Act.RETRAIT_MEDECIN_TRAITANT)


def block(authorizer: Authorizer, request: AboutProfessional) -> None:
    """The patient, or a médecin traitant, shuts a professional out, in every mode."""
    check_rpps(request.rpps)
    fact = Fact(kind=FactKind.BLOCAGE, party=request.rpps)
    _note(authorizer, request.patient_id, fact, Act.BLOCAGE, Purpose.BLOCK)


def unblock(authorizer: Authorizer, request: AboutProfessional) -> None:
    """The patient lifts a block."""
    check_rpps(request.rpps)
    _forget(authorizer, request.patient_id, FactKind.BLOCAGE, request.rpps, Act.DEBLOCAGE)


def _note(
    authorizer: Authorizer, patient_id: PatientId, fact: Fact, act: Act, purpose: Purpose = Purpose.MANAGE
) -> Decision:
    question = authorizer.ask(patient_id, purpose)
    decision = authorizer.check(question, act, about=fact.party)
    authorizer.repository.note(patient_id, fact, now=authorizer.call.now)
    authorizer.done(question, act, decision, about=fact.party)
    return decision


def _forget(authorizer: Authorizer, patient_id: PatientId, kind: FactKind, party: str, act: Act) -> None:
    question = authorizer.ask(patient_id, Purpose.MANAGE)
    decision = authorizer.check(question, act, about=party)
    authorizer.repository.forget(patient_id, kind, party)
    authorizer.done(question, act, decision, about=party)


def _authorisation(authorizer: Authorizer, patient_id: PatientId, fact: Fact) -> Authorisation:
    now = authorizer.call.now
    return Authorisation(patient_id=patient_id, rpps=Rpps(fact.party), since=now, until=fact.until or now)
