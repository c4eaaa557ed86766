"""Legal representatives: filed by an agent who saw their papers, ended by an agent or by themselves."""

from contracts.audit import JournalEntry
from contracts.consent import (
    AboutRepresentative,
    NameRepresentative,
    Representation,
    RepresentationKind,
)
from contracts.errors import InvalidRequest, RecordNotFound
from contracts.identity import BirthDateOf, Identity, VitaleProof
from contracts.vocabulary import Act, PatientId, Role
from services.consent.authorizer import Authorizer
from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.terms import end_of_minority
from services.consent.settings import ConsentSettings

_LONGEST_EVIDENCE = 200


def name_representative(
    authorizer: Authorizer, request: NameRepresentative, settings: ConsentSettings
) -> Representation:
    """File somebody whose card was shown; for a minor it ends by itself at the age of majority.

    Raises:
        InvalidRequest: no evidence; the holder is of age, or unknown; somebody would represent themself.
    """
    evidence = request.evidence.strip()
    if not 0 < len(evidence) <= _LONGEST_EVIDENCE:
        raise InvalidRequest(field="evidence")
    until = None
    if request.kind is RepresentationKind.MINEUR:
        born = authorizer.call.remote(Identity.birth_date_of, BirthDateOf(patient_id=request.patient_id)).birth_date
        until = end_of_minority(born, settings.majority_age, authorizer.call.now)
    shown = authorizer.call.remote(Identity.admit_patient, VitaleProof(proof=request.representative_proof))
    if shown.patient_id == request.patient_id:
        raise InvalidRequest(field="representative_proof")
    fact = Fact(kind=FactKind.REPRESENTANT_LEGAL, party=str(shown.patient_id), until=until)
    authorizer.repository.note(request.patient_id, fact, now=authorizer.call.now, evidence=evidence)
    _journal(authorizer, request.patient_id, Act.NOMMER_REPRESENTANT)
    return Representation(
        patient_id=request.patient_id, representative=shown.patient_id, since=authorizer.call.now, until=until
    )


def end_representation(authorizer: Authorizer, request: AboutRepresentative) -> None:
    """An agent ends it, or the representative steps back; ending what is not there is no error.

    The holder does not: a minor does not dismiss a parent, and at majority it ends by itself.

    Raises:
        RecordNotFound: somebody else's business.
    """
    actor = authorizer.call.actor
    if actor.role is Role.PATIENT and actor.subject != str(request.representative):
        raise RecordNotFound
    authorizer.repository.forget(request.patient_id, FactKind.REPRESENTANT_LEGAL, str(request.representative))
    _journal(authorizer, request.patient_id, Act.FIN_REPRESENTATION)


def _journal(authorizer: Authorizer, patient_id: PatientId, act: Act) -> None:
    reason = "agent" if authorizer.call.actor.role is Role.AGENT else FactKind.REPRESENTANT_LEGAL.value
    authorizer.call.events.journal(JournalEntry.by(authorizer.call.actor, patient_id, act, reason=reason))
