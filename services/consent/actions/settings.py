"""What a patient sets beforehand for emergencies."""

from contracts.consent import Purpose, SetOpposition, SetUnmasking
from contracts.errors import InvalidRequest
from contracts.vocabulary import AccessMode, Act
from services.consent.actions.desk import Desk
from services.consent.domain.facts import Fact, FactKind


def set_opposition(desk: Desk, asked: SetOpposition) -> None:
    """The patient opposes an emergency mode, or no longer does.

    Raises:
        InvalidRequest: the normal mode cannot be opposed; there, the patient gives or ends authorisations.
        Refusal: the law's, journalled.
    """
    if asked.mode is AccessMode.NORMAL:
        raise InvalidRequest(field="mode")
    fact = Fact(kind=FactKind.OPPOSITION, party=asked.mode.value)
    reason = "opposee" if asked.opposed else "levee"
    question = desk.ask(asked.patient_id, Purpose.MANAGE, mode=asked.mode)
    decision = desk.check(question, Act.OPPOSITION_URGENCE)
    if asked.opposed:
        desk.store.note(asked.patient_id, fact, now=desk.call.now)
    else:
        desk.store.forget(asked.patient_id, fact.kind, fact.party)
    desk.done(question, Act.OPPOSITION_URGENCE, decision, reason=reason)


def set_unmasking(desk: Desk, asked: SetUnmasking) -> None:
    """The patient lets emergencies show what is hidden from professionals, or no longer."""
    fact = Fact(kind=FactKind.DEMASQUAGE)
    question = desk.ask(asked.patient_id, Purpose.MANAGE)
    decision = desk.check(question, Act.REGLAGE_DEMASQUAGE)
    if asked.unmasks:
        desk.store.note(asked.patient_id, fact, now=desk.call.now)
    else:
        desk.store.forget(asked.patient_id, fact.kind, fact.party)
    desk.done(question, Act.REGLAGE_DEMASQUAGE, decision, reason="permis" if asked.unmasks else "retire")
