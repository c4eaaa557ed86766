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
from services.consent.authorizer import Authorizer
from services.consent.domain.facts import Fact, FactKind
from services.consent.repositories import InvitationRepository, Invited
from services.consent.settings import ConsentSettings

_LONGEST_LABEL = 60
_BY_INVITATION = "invitation"
_CAPACITIES = {FactKind.REPRESENTANT_LEGAL: Capacity.REPRESENTANT_LEGAL, FactKind.AIDANT: Capacity.AIDANT}


def invite_carer(
    authorizer: Authorizer, invitations: InvitationRepository, request: InviteCarer, settings: ConsentSettings
) -> Invitation:
    """An invitation with its code, told this once, for the holder to pass on.

    Raises:
        InvalidRequest: no section, or a label that is empty or too long. CarersFull. Refusal: the law's, journalled.
    """
    code = new_opaque()
    invited = _invited(request, authorizer.call.now + timedelta(days=settings.invitation_days))
    question = authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = authorizer.check(question, Act.INVITATION_AIDANT)
    _check_room(invitations, request.patient_id, authorizer.call.now, settings)
    invitations.put(invited, token_hash(code))
    authorizer.done(question, Act.INVITATION_AIDANT, decision)
    return _invitation(invited, code)


def withdraw_invitation(authorizer: Authorizer, invitations: InvitationRepository, request: AboutInvitation) -> None:
    """The holder takes it back; one that is not there, or was accepted, is none; raises the law's refusal."""
    question = authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = authorizer.check(question, Act.INVITATION_AIDANT)
    invitations.forget(request.patient_id, request.invitation_id)
    authorizer.done(question, Act.INVITATION_AIDANT, decision)


def answer_invitation(
    authorizer: Authorizer, invitations: InvitationRepository, request: AnswerInvitation, settings: ConsentSettings
) -> Profiles:
    """Whoever has the code becomes a carer, or will not; the holder is told of a carer. Answers whom they help now.

    Raises:
        InvitationGone: no such code, expired, answered, or one's own. CarersFull: the carer helps enough people.
    """
    me = PatientId(UUID(authorizer.call.actor.subject))
    invited = invitations.waiting(token_hash(request.code), authorizer.call.now)
    if invited is None or invited.patient_id == me:
        raise InvitationGone
    if not request.accepted:
        invitations.forget(invited.patient_id, invited.invitation_id)
        _journal(authorizer, invited.patient_id, Act.REFUS_AIDANT)
        return list_profiles(authorizer, invitations)
    _take_on(authorizer, invitations, invited, me, settings)
    _journal(authorizer, invited.patient_id, Act.NOMMER_AIDANT)
    return list_profiles(authorizer, invitations)


def keep_representative(
    authorizer: Authorizer, invitations: InvitationRepository, request: KeepRepresentative, settings: ConsentSettings
) -> Carers:
    """Who represented the holder until they came of age goes on as a carer, because the holder agrees.

    Raises:
        ConsentUnknown: nobody whose representation has ended. InvalidRequest, CarersFull, Refusal: as for inviting.
    """
    invited = _invited(request, authorizer.call.now)
    question = authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = authorizer.check(question, Act.NOMMER_AIDANT)
    if request.representative not in {one.representative for one in _former(authorizer, request.patient_id)}:
        raise ConsentUnknown
    _check_room(invitations, request.patient_id, authorizer.call.now, settings)
    invitations.put(invited, token_hash(new_opaque()))
    _take_on(authorizer, invitations, invited, request.representative, settings)
    authorizer.repository.forget(request.patient_id, FactKind.REPRESENTANT_LEGAL, str(request.representative))
    authorizer.done(question, Act.NOMMER_AIDANT, decision)
    return _carers(authorizer, invitations, request.patient_id)


def list_carers(authorizer: Authorizer, invitations: InvitationRepository, request: ListCarers) -> Carers:
    """With whom the record is shared, and which invitations wait; raises the law's refusal, journalled."""
    authorizer.check(authorizer.ask(request.patient_id, Purpose.MANAGE), Act.LECTURE_DROITS)
    return _carers(authorizer, invitations, request.patient_id)


def _carers(authorizer: Authorizer, invitations: InvitationRepository, patient_id: PatientId) -> Carers:
    invited = invitations.of_patient(patient_id, authorizer.call.now)
    labels = {one.carer: one.carer_label for one in invited if one.carer}
    return Carers(
        carers=tuple(
            Carer(
                carer=PatientId(UUID(one.fact.party)),
                label=labels.get(PatientId(UUID(one.fact.party)), ""),
                sections=one.fact.sections,
                since=one.since,
            )
            for one in authorizer.repository.of_patient(patient_id)
            if one.fact.kind is FactKind.AIDANT
        ),
        invitations=tuple(_invitation(one) for one in invited if one.carer is None),
        former=_former(authorizer, patient_id),
    )


def _former(authorizer: Authorizer, patient_id: PatientId) -> tuple[FormerRepresentative, ...]:
    """Those whose representation ended by itself; one that an agent ended is off the file."""
    return tuple(
        FormerRepresentative(representative=PatientId(UUID(one.fact.party)), until=one.fact.until)
        for one in authorizer.repository.of_patient(patient_id)
        if one.fact.kind is FactKind.REPRESENTANT_LEGAL and one.fact.until and not one.fact.holds(authorizer.call.now)
    )


def _invited(request: InviteCarer | KeepRepresentative, expires_at: datetime) -> Invited:
    if not request.sections:
        raise InvalidRequest(field="sections")
    labels = {field: getattr(request, field).strip() for field in ("carer_label", "holder_label")}
    for field, label in labels.items():
        if not 0 < len(label) <= _LONGEST_LABEL:
            raise InvalidRequest(field=field)
    return Invited(
        patient_id=request.patient_id,
        invitation_id=uuid4(),
        sections=tuple(sorted(set(request.sections))),
        expires_at=expires_at,
        **labels,
    )


def _check_room(
    invitations: InvitationRepository, patient_id: PatientId, now: datetime, settings: ConsentSettings
) -> None:
    if len(invitations.of_patient(patient_id, now)) >= settings.carers_per_person:
        raise CarersFull(most=str(settings.carers_per_person))


def _take_on(
    authorizer: Authorizer,
    invitations: InvitationRepository,
    invited: Invited,
    carer: PatientId,
    settings: ConsentSettings,
) -> None:
    others = {one.patient_id for one in invitations.of_carer(carer)} - {invited.patient_id}
    if len(others) >= settings.people_per_carer:
        raise CarersFull(most=str(settings.people_per_carer))
    invitations.accept(invited, carer)
    fact = Fact(kind=FactKind.AIDANT, party=str(carer), sections=invited.sections)
    authorizer.repository.note(invited.patient_id, fact, now=authorizer.call.now)
    authorizer.call.events.publish(CarerAccepted(patient_id=invited.patient_id))


def end_carer(authorizer: Authorizer, invitations: InvitationRepository, request: AboutCarer) -> None:
    """The holder ends it, or the carer steps back; the other one is told. Ending what is not there is no error.

    Raises:
        Refusal: the law's, journalled.
    """
    is_carer = authorizer.call.actor.is_patient(request.carer)
    if not is_carer:
        authorizer.check(authorizer.ask(request.patient_id, Purpose.MANAGE), Act.FIN_AIDANT)
    if authorizer.repository.forget(request.patient_id, FactKind.AIDANT, str(request.carer)):
        invitations.forget_carer(request.patient_id, request.carer)
        authorizer.call.events.publish(CarerEnded(patient_id=request.patient_id if is_carer else request.carer))
        _journal(authorizer, request.patient_id, Act.FIN_AIDANT)


def list_profiles(authorizer: Authorizer, invitations: InvitationRepository) -> Profiles:
    """The records the caller may turn to as a legal representative or a carer, newest first."""
    me, now = authorizer.call.actor.subject, authorizer.call.now
    labels = {one.patient_id: one.holder_label for one in invitations.of_carer(PatientId(UUID(me)))}
    found = [one for one in authorizer.repository.naming(me, _CAPACITIES) if one.fact.holds(now)]
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


def _journal(authorizer: Authorizer, patient_id: PatientId, act: Act) -> None:
    """The line stands in the holder's journal, whoever acted."""
    actor = authorizer.call.actor
    capacity = Capacity.SELF if actor.is_patient(patient_id) else Capacity.AIDANT
    authorizer.call.events.journal(
        JournalEntry.by(actor, patient_id, act, outcome=Outcome.ALLOWED, reason=_BY_INVITATION, capacity=capacity)
    )
