"""Carers: invited by the holder with a code of their own, reading what was shared until either ends it."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from chassis.opaque import new_opaque, token_hash
from contracts.audit import JournalEntry
from contracts.consent import (
    AboutCarer,
    AboutInvitation,
    AnswerInvitation,
    Carer,
    CarerAccepted,
    CarerEnded,
    Carers,
    FormerRepresentative,
    Invitation,
    InviteCarer,
    KeepRepresentative,
    ListCarers,
    Profile,
    Profiles,
    Purpose,
)
from contracts.errors import CarersFull, ConsentUnknown, InvalidRequest, InvitationGone
from contracts.vocabulary import Act, Capacity, Outcome, PatientId
from services.consent.actions.desk import Desk
from services.consent.domain.facts import Fact, FactKind
from services.consent.settings import ConsentSettings
from services.consent.store import InvitationStore, Invited

_LONGEST_LABEL = 60
_BY_INVITATION = "invitation"
_CAPACITIES = {FactKind.REPRESENTANT_LEGAL: Capacity.REPRESENTANT_LEGAL, FactKind.AIDANT: Capacity.AIDANT}


def invite_carer(desk: Desk, shelf: InvitationStore, asked: InviteCarer, settings: ConsentSettings) -> Invitation:
    """An invitation with its code, told this once, for the holder to pass on.

    Raises:
        InvalidRequest: no section, or a label that is empty or too long. CarersFull. Refusal: the law's, journalled.
    """
    code = new_opaque()
    invited = _invited(asked, desk.call.now + timedelta(days=settings.invitation_days))
    question = desk.ask(asked.patient_id, Purpose.MANAGE)
    decision = desk.check(question, Act.INVITATION_AIDANT)
    _check_room(shelf, asked.patient_id, desk.call.now, settings)
    shelf.put(invited, token_hash(code))
    desk.done(question, Act.INVITATION_AIDANT, decision)
    return _invitation(invited, code)


def withdraw_invitation(desk: Desk, shelf: InvitationStore, asked: AboutInvitation) -> None:
    """The holder takes it back; one that is not there, or was accepted, is none; raises the law's refusal."""
    question = desk.ask(asked.patient_id, Purpose.MANAGE)
    decision = desk.check(question, Act.INVITATION_AIDANT)
    shelf.forget(asked.patient_id, asked.invitation_id)
    desk.done(question, Act.INVITATION_AIDANT, decision)


def answer_invitation(
    desk: Desk, shelf: InvitationStore, asked: AnswerInvitation, settings: ConsentSettings
) -> Profiles:
    """Whoever has the code becomes a carer, or will not; the holder is told of a carer. Answers whom they help now.

    Raises:
        InvitationGone: no such code, expired, answered, or one's own. CarersFull: the carer helps enough people.
    """
    me = PatientId(UUID(desk.call.actor.subject))
    invited = shelf.waiting(token_hash(asked.code), desk.call.now)
    if invited is None or invited.patient_id == me:
        raise InvitationGone
    if not asked.accepted:
        shelf.forget(invited.patient_id, invited.invitation_id)
        _journal(desk, invited.patient_id, Act.REFUS_AIDANT)
        return list_profiles(desk, shelf)
    _take_on(desk, shelf, invited, me, settings)
    _journal(desk, invited.patient_id, Act.NOMMER_AIDANT)
    return list_profiles(desk, shelf)


def keep_representative(
    desk: Desk, shelf: InvitationStore, asked: KeepRepresentative, settings: ConsentSettings
) -> Carers:
    """Who represented the holder until they came of age goes on as a carer, because the holder agrees.

    Raises:
        ConsentUnknown: nobody whose representation has ended. InvalidRequest, CarersFull, Refusal: as for inviting.
    """
    invited = _invited(asked, desk.call.now)
    question = desk.ask(asked.patient_id, Purpose.MANAGE)
    decision = desk.check(question, Act.NOMMER_AIDANT)
    if asked.representative not in {one.representative for one in _former(desk, asked.patient_id)}:
        raise ConsentUnknown
    _check_room(shelf, asked.patient_id, desk.call.now, settings)
    shelf.put(invited, token_hash(new_opaque()))
    _take_on(desk, shelf, invited, asked.representative, settings)
    desk.store.forget(asked.patient_id, FactKind.REPRESENTANT_LEGAL, str(asked.representative))
    desk.done(question, Act.NOMMER_AIDANT, decision)
    return _carers(desk, shelf, asked.patient_id)


def list_carers(desk: Desk, shelf: InvitationStore, asked: ListCarers) -> Carers:
    """With whom the record is shared, and which invitations wait; raises the law's refusal, journalled."""
    desk.check(desk.ask(asked.patient_id, Purpose.MANAGE), Act.LECTURE_DROITS)
    return _carers(desk, shelf, asked.patient_id)


def _carers(desk: Desk, shelf: InvitationStore, patient_id: PatientId) -> Carers:
    invited = shelf.of_patient(patient_id, desk.call.now)
    labels = {one.carer: one.carer_label for one in invited if one.carer}
    return Carers(
        carers=tuple(
            Carer(
                carer=PatientId(UUID(one.fact.party)),
                label=labels.get(PatientId(UUID(one.fact.party)), ""),
                sections=one.fact.sections,
                since=one.since,
            )
            for one in desk.store.of_patient(patient_id)
            if one.fact.kind is FactKind.AIDANT
        ),
        invitations=tuple(_invitation(one) for one in invited if one.carer is None),
        former=_former(desk, patient_id),
    )


def _former(desk: Desk, patient_id: PatientId) -> tuple[FormerRepresentative, ...]:
    """Those whose representation ended by itself; one that an agent ended is off the file."""
    return tuple(
        FormerRepresentative(representative=PatientId(UUID(one.fact.party)), until=one.fact.until)
        for one in desk.store.of_patient(patient_id)
        if one.fact.kind is FactKind.REPRESENTANT_LEGAL and one.fact.until and not one.fact.holds(desk.call.now)
    )


def _invited(asked: InviteCarer | KeepRepresentative, expires_at: datetime) -> Invited:
    if not asked.sections:
        raise InvalidRequest(field="sections")
    labels = {field: getattr(asked, field).strip() for field in ("carer_label", "holder_label")}
    for field, label in labels.items():
        if not 0 < len(label) <= _LONGEST_LABEL:
            raise InvalidRequest(field=field)
    return Invited(
        patient_id=asked.patient_id,
        invitation_id=uuid4(),
        sections=tuple(sorted(set(asked.sections))),
        expires_at=expires_at,
        **labels,
    )


def _check_room(shelf: InvitationStore, patient_id: PatientId, now: datetime, settings: ConsentSettings) -> None:
    if len(shelf.of_patient(patient_id, now)) >= settings.carers_per_person:
        raise CarersFull(most=str(settings.carers_per_person))


def _take_on(
    desk: Desk, shelf: InvitationStore, invited: Invited, carer: PatientId, settings: ConsentSettings
) -> None:
    others = {one.patient_id for one in shelf.of_carer(carer)} - {invited.patient_id}
    if len(others) >= settings.people_per_carer:
        raise CarersFull(most=str(settings.people_per_carer))
    shelf.accept(invited, carer)
    fact = Fact(kind=FactKind.AIDANT, party=str(carer), sections=invited.sections)
    desk.store.note(invited.patient_id, fact, now=desk.call.now)
    desk.call.events.publish(CarerAccepted(patient_id=invited.patient_id))


def end_carer(desk: Desk, shelf: InvitationStore, asked: AboutCarer) -> None:
    """The holder ends it, or the carer steps back; the other one is told. Ending what is not there is no error.

    Raises:
        Refusal: the law's, journalled.
    """
    is_carer = desk.call.actor.is_patient(asked.carer)
    if not is_carer:
        desk.check(desk.ask(asked.patient_id, Purpose.MANAGE), Act.FIN_AIDANT)
    if desk.store.forget(asked.patient_id, FactKind.AIDANT, str(asked.carer)):
        shelf.forget_carer(asked.patient_id, asked.carer)
        desk.call.events.publish(CarerEnded(patient_id=asked.patient_id if is_carer else asked.carer))
        _journal(desk, asked.patient_id, Act.FIN_AIDANT)


def list_profiles(desk: Desk, shelf: InvitationStore) -> Profiles:
    """The records the caller may turn to as a legal representative or a carer, newest first."""
    me, now = desk.call.actor.subject, desk.call.now
    labels = {one.patient_id: one.holder_label for one in shelf.of_carer(PatientId(UUID(me)))}
    found = [one for one in desk.store.naming(me, _CAPACITIES) if one.fact.holds(now)]
    return Profiles(
        profiles=tuple(
            Profile(
                patient_id=one.patient_id,
                capacity=_CAPACITIES[one.fact.kind],
                since=one.since,
                label=labels.get(one.patient_id, ""),
                sections=one.fact.sections,
                until=one.fact.until,
            )
            for one in found
        )
    )


def _invitation(invited: Invited, code: str = "") -> Invitation:
    return Invitation(
        invitation_id=invited.invitation_id,
        sections=invited.sections,
        carer_label=invited.carer_label,
        expires_at=invited.expires_at,
        code=code,
    )


def _journal(desk: Desk, patient_id: PatientId, act: Act) -> None:
    """The line stands in the holder's journal, whoever acted."""
    actor = desk.call.actor
    capacity = Capacity.SELF if actor.is_patient(patient_id) else Capacity.AIDANT
    desk.call.events.journal(
        JournalEntry.by(actor, patient_id, act, outcome=Outcome.ALLOWED, reason=_BY_INVITATION, capacity=capacity)
    )
