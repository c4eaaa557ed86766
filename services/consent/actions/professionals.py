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
from services.consent.actions.desk import Desk
from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.terms import check_rpps, check_structure, check_until, permission
from services.consent.settings import ConsentSettings


def declare_authorisation(desk: Desk, asked: DeclareAuthorisation, settings: ConsentSettings) -> Authorisation:
    """The professional asked, the patient's card proves presence: an authorisation stands from now on.

    Raises:
        ProofInvalid: the card is another patient's. Refusal: the law's, journalled.
    """
    patient_id, rpps = asked.patient_id, Rpps(desk.call.actor.subject)
    question = desk.ask(patient_id, Purpose.DECLARE, record_status=desk.record_status(patient_id))
    decision = desk.check(question, Act.AJOUT_AUTORISATION)
    # The proof is spent by being read; a refusal must leave it to be shown again.
    shown = desk.call.remote(Identity.admit_patient, VitaleProof(proof=asked.vitale_proof))
    if shown.patient_id != patient_id:
        raise ProofInvalid
    usual = timedelta(days=settings.authorisation_days)
    fact = permission(FactKind.AUTORISATION, rpps, None, now=desk.call.now, usual=usual)
    desk.store.note(patient_id, fact, now=desk.call.now)
    desk.done(question, Act.AJOUT_AUTORISATION, decision)
    return _authorisation(desk, patient_id, fact)


def give_authorisation(desk: Desk, asked: GiveAuthorisation, settings: ConsentSettings) -> Authorisation:
    """The patient gives one from afar, to a professional of their choice.

    Raises:
        InvalidRequest: rpps, until. Refusal: the law's, journalled.
    """
    check_rpps(asked.rpps)
    check_until(asked.until, desk.call.now)
    usual = timedelta(days=settings.authorisation_days)
    fact = permission(FactKind.AUTORISATION, asked.rpps, asked.until, now=desk.call.now, usual=usual)
    _note(desk, asked.patient_id, fact, Act.AJOUT_AUTORISATION)
    return _authorisation(desk, asked.patient_id, fact)


def give_team_authorisation(desk: Desk, asked: GiveTeamAuthorisation, settings: ConsentSettings) -> TeamAuthorisation:
    """The patient lets whoever works in a structure read; raises as `give_authorisation`."""
    check_structure(asked.structure)
    check_until(asked.until, desk.call.now)
    usual = timedelta(days=settings.authorisation_days)
    fact = permission(FactKind.EQUIPE_DE_SOINS, asked.structure, asked.until, now=desk.call.now, usual=usual)
    _note(desk, asked.patient_id, fact, Act.AJOUT_AUTORISATION)
    return TeamAuthorisation(
        patient_id=asked.patient_id,
        structure=asked.structure,
        since=desk.call.now,
        until=fact.until or desk.call.now,
    )


def end_authorisation(desk: Desk, asked: AboutProfessional) -> None:
    """The patient ends it; ending what is not there is no error."""
    check_rpps(asked.rpps)
    _forget(desk, asked.patient_id, FactKind.AUTORISATION, asked.rpps, Act.FIN_AUTORISATION)


def end_team_authorisation(desk: Desk, asked: AboutTeam) -> None:
    """The patient ends it; ending what is not there is no error."""
    check_structure(asked.structure)
    _forget(desk, asked.patient_id, FactKind.EQUIPE_DE_SOINS, asked.structure, Act.FIN_AUTORISATION)


def name_medecin_traitant(desk: Desk, asked: AboutProfessional) -> None:
    """The patient names one; several may be named."""
    check_rpps(asked.rpps)
    fact = Fact(kind=FactKind.MEDECIN_TRAITANT, party=asked.rpps)
    _note(desk, asked.patient_id, fact, Act.NOMMER_MEDECIN_TRAITANT)


def dismiss_medecin_traitant(desk: Desk, asked: AboutProfessional) -> None:
    """The patient takes a name back."""
    check_rpps(asked.rpps)
    _forget(desk, asked.patient_id, FactKind.MEDECIN_TRAITANT, asked.rpps, Act.RETRAIT_MEDECIN_TRAITANT)


def block(desk: Desk, asked: AboutProfessional) -> None:
    """The patient, or a médecin traitant, shuts a professional out, in every mode."""
    check_rpps(asked.rpps)
    fact = Fact(kind=FactKind.BLOCAGE, party=asked.rpps)
    _note(desk, asked.patient_id, fact, Act.BLOCAGE, Purpose.BLOCK)


def unblock(desk: Desk, asked: AboutProfessional) -> None:
    """The patient lifts a block."""
    check_rpps(asked.rpps)
    _forget(desk, asked.patient_id, FactKind.BLOCAGE, asked.rpps, Act.DEBLOCAGE)


def _note(desk: Desk, patient_id: PatientId, fact: Fact, act: Act, purpose: Purpose = Purpose.MANAGE) -> Decision:
    question = desk.ask(patient_id, purpose)
    decision = desk.check(question, act, about=fact.party)
    desk.store.note(patient_id, fact, now=desk.call.now)
    desk.done(question, act, decision, about=fact.party)
    return decision


def _forget(desk: Desk, patient_id: PatientId, kind: FactKind, party: str, act: Act) -> None:
    question = desk.ask(patient_id, Purpose.MANAGE)
    decision = desk.check(question, act, about=party)
    desk.store.forget(patient_id, kind, party)
    desk.done(question, act, decision, about=party)


def _authorisation(desk: Desk, patient_id: PatientId, fact: Fact) -> Authorisation:
    now = desk.call.now
    return Authorisation(patient_id=patient_id, rpps=Rpps(fact.party), since=now, until=fact.until or now)
