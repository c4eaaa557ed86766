"""What a patient sets beforehand for emergencies."""

from contracts.consent import Purpose, SetOpposition, SetUnmasking
from contracts.errors import InvalidRequest
from contracts.vocabulary import AccessMode, Act
from services.consent.authorizer import Authorizer
from services.consent.domain.facts import Fact, FactKind


def set_opposition(authorizer: Authorizer, request: SetOpposition) -> None:
    """The patient opposes an emergency mode, or no longer does.

    Raises:
        InvalidRequest: the normal mode cannot be opposed; there, the patient gives or ends authorisations.
        Refusal: the law's, journalled.
    """
    if request.mode is AccessMode.NORMAL:
        raise InvalidRequest(field="mode")
    fact = Fact(kind=FactKind.OPPOSITION, party=request.mode.value)
    reason = "opposee" if request.opposed else "levee"
    question = authorizer.ask(request.patient_id, Purpose.MANAGE, mode=request.mode)
    decision = authorizer.check(question, Act.OPPOSITION_URGENCE)
    if request.opposed:
        authorizer.repository.note(request.patient_id, fact, now=authorizer.call.now)
    else:
        authorizer.repository.forget(request.patient_id, fact.kind, fact.party)
    authorizer.done(question, Act.OPPOSITION_URGENCE, decision, reason=reason)


def set_unmasking(authorizer: Authorizer, request: SetUnmasking) -> None:
    """The patient lets emergencies show what is hidden from professionals, or no longer."""
    fact = Fact(kind=FactKind.DEMASQUAGE)
    question = authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = authorizer.check(question, Act.REGLAGE_DEMASQUAGE)
    if request.unmasks:
        authorizer.repository.note(request.patient_id, fact, now=authorizer.call.now)
    else:
        authorizer.repository.forget(request.patient_id, fact.kind, fact.party)
    authorizer.done(question, Act.REGLAGE_DEMASQUAGE, decision, reason="permis" if request.unmasks else "retire")
