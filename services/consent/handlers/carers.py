"""Carers: invited by the holder with a code of their own, reading what was shared until either ends it."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from chassis.handlers import handles
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
    Consent,
    Done,
    FormerRepresentative,
    Invitation,
    InviteCarer,
    KeepRepresentative,
    ListCarers,
    ListProfiles,
    Profile,
    Profiles,
    Purpose,
)
from contracts.errors import CarersFull, ConsentUnknown, InvalidRequest, InvitationGone
from contracts.vocabulary import Act, Capacity, Outcome, PatientId
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind
from services.consent.repositories import Invited

_LONGEST_LABEL = 60
_BY_INVITATION = "invitation"
_CAPACITIES = {FactKind.REPRESENTANT_LEGAL: Capacity.REPRESENTANT_LEGAL, FactKind.AIDANT: Capacity.AIDANT}


@handles(Consent.invite_carer)
def invite_carer(ctx: ConsentContext, request: InviteCarer) -> Invitation:
    """An invitation with its code, told this once, for the holder to pass on.

    Raises:
        InvalidRequest: no section, or a label that is empty or too long. CarersFull. Refusal: the law's, journalled.
    """
    code = new_opaque()
    invited = _invited(request, ctx.now + timedelta(days=ctx.settings.invitation_days))
    question = ctx.authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = ctx.authorizer.check(question, Act.INVITATION_AIDANT)
    _check_room(ctx, request.patient_id, ctx.now)
    ctx.invitations.put(invited, token_hash(code))
    ctx.authorizer.done(question, Act.INVITATION_AIDANT, decision)
    return _invitation(invited, code)


@handles(Consent.withdraw_invitation)
def withdraw_invitation(ctx: ConsentContext, request: AboutInvitation) -> Done:
    """The holder takes it back; one that is not there, or was accepted, is none; raises the law's refusal."""
    question = ctx.authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = ctx.authorizer.check(question, Act.INVITATION_AIDANT)
    ctx.invitations.forget(request.patient_id, request.invitation_id)
    ctx.authorizer.done(question, Act.INVITATION_AIDANT, decision)
    return Done()


@handles(Consent.answer_invitation)
def answer_invitation(ctx: ConsentContext, request: AnswerInvitation) -> Profiles:
    """Whoever has the code becomes a carer, or will not; the holder is told of a carer. Answers whom they help now.

    Raises:
        InvitationGone: no such code, expired, answered, or one's own. CarersFull: the carer helps enough people.
    """
    me = PatientId(UUID(ctx.actor.subject))
    invited = ctx.invitations.waiting(token_hash(request.code), ctx.now)
    if invited is None or invited.patient_id == me:
        raise InvitationGone
    if not request.accepted:
        ctx.invitations.forget(invited.patient_id, invited.invitation_id)
        _journal(ctx, invited.patient_id, Act.REFUS_AIDANT)
        return _profiles(ctx)
    _take_on(ctx, invited, me)
    _journal(ctx, invited.patient_id, Act.NOMMER_AIDANT)
    return _profiles(ctx)


@handles(Consent.keep_representative)
def keep_representative(ctx: ConsentContext, request: KeepRepresentative) -> Carers:
    """Who represented the holder until they came of age goes on as a carer, because the holder agrees.

    Raises:
        ConsentUnknown: nobody whose representation has ended. InvalidRequest, CarersFull, Refusal: as for inviting.
    """
    invited = _invited(request, ctx.now)
    question = ctx.authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = ctx.authorizer.check(question, Act.NOMMER_AIDANT)
    if request.representative not in {one.representative for one in _former(ctx, request.patient_id)}:
        raise ConsentUnknown
    _check_room(ctx, request.patient_id, ctx.now)
    ctx.invitations.put(invited, token_hash(new_opaque()))
    _take_on(ctx, invited, request.representative)
    ctx.facts.forget(request.patient_id, FactKind.REPRESENTANT_LEGAL, str(request.representative))
    ctx.authorizer.done(question, Act.NOMMER_AIDANT, decision)
    return _carers(ctx, request.patient_id)


@handles(Consent.list_carers)
def list_carers(ctx: ConsentContext, request: ListCarers) -> Carers:
    """With whom the record is shared, and which invitations wait; raises the law's refusal, journalled."""
    ctx.authorizer.check(ctx.authorizer.ask(request.patient_id, Purpose.MANAGE), Act.LECTURE_DROITS)
    return _carers(ctx, request.patient_id)


def _carers(ctx: ConsentContext, patient_id: PatientId) -> Carers:
    invited = ctx.invitations.of_patient(patient_id, ctx.now)
    labels = {one.carer: one.carer_label for one in invited if one.carer}
    return Carers(
        carers=tuple(
            Carer(
                carer=PatientId(UUID(one.fact.party)),
                label=labels.get(PatientId(UUID(one.fact.party)), ""),
                sections=one.fact.sections,
                since=one.since,
            )
            for one in ctx.facts.of_patient(patient_id)
            if one.fact.kind is FactKind.AIDANT
        ),
        invitations=tuple(_invitation(one) for one in invited if one.carer is None),
        former=_former(ctx, patient_id),
    )


def _former(ctx: ConsentContext, patient_id: PatientId) -> tuple[FormerRepresentative, ...]:
    """Those whose representation ended by itself; one that an agent ended is off the file."""
    return tuple(
        FormerRepresentative(representative=PatientId(UUID(one.fact.party)), until=one.fact.until)
        for one in ctx.facts.of_patient(patient_id)
        if one.fact.kind is FactKind.REPRESENTANT_LEGAL and one.fact.until and not one.fact.holds(ctx.now)
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


def _check_room(ctx: ConsentContext, patient_id: PatientId, now: datetime) -> None:
    if len(ctx.invitations.of_patient(patient_id, now)) >= ctx.settings.carers_per_person:
        raise CarersFull(most=str(ctx.settings.carers_per_person))


def _take_on(ctx: ConsentContext, invited: Invited, carer: PatientId) -> None:
    others = {one.patient_id for one in ctx.invitations.of_carer(carer)} - {invited.patient_id}
    if len(others) >= ctx.settings.people_per_carer:
        raise CarersFull(most=str(ctx.settings.people_per_carer))
    ctx.invitations.accept(invited, carer)
    fact = Fact(kind=FactKind.AIDANT, party=str(carer), sections=invited.sections)
    ctx.facts.note(invited.patient_id, fact, now=ctx.now)
    ctx.events.publish(CarerAccepted(patient_id=invited.patient_id))


@handles(Consent.end_carer)
def end_carer(ctx: ConsentContext, request: AboutCarer) -> Done:
    """The holder ends it, or the carer steps back; the other one is told. Ending what is not there is no error.

    Raises:
        Refusal: the law's, journalled.
    """
    is_carer = ctx.actor.is_patient(request.carer)
    if not is_carer:
        ctx.authorizer.check(ctx.authorizer.ask(request.patient_id, Purpose.MANAGE), Act.FIN_AIDANT)
    if ctx.facts.forget(request.patient_id, FactKind.AIDANT, str(request.carer)):
        ctx.invitations.forget_carer(request.patient_id, request.carer)
        ctx.events.publish(CarerEnded(patient_id=request.patient_id if is_carer else request.carer))
        _journal(ctx, request.patient_id, Act.FIN_AIDANT)
    return Done()


@handles(Consent.list_profiles)
def list_profiles(ctx: ConsentContext, _request: ListProfiles) -> Profiles:
    """The records the caller may turn to as a legal representative or a carer, newest first."""
    return _profiles(ctx)


def _profiles(ctx: ConsentContext) -> Profiles:
    me, now = ctx.actor.subject, ctx.now
    labels = {one.patient_id: one.holder_label for one in ctx.invitations.of_carer(PatientId(UUID(me)))}
    found = [one for one in ctx.facts.naming(me, _CAPACITIES) if one.fact.holds(now)]
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


def _journal(ctx: ConsentContext, patient_id: PatientId, act: Act) -> None:
    """The line stands in the holder's journal, whoever acted."""
    actor = ctx.actor
    capacity = Capacity.SELF if actor.is_patient(patient_id) else Capacity.AIDANT
    ctx.events.journal(
        JournalEntry.by(actor, patient_id, act, outcome=Outcome.ALLOWED, reason=_BY_INVITATION, capacity=capacity)
    )
