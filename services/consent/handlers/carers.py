"""Carers: invited by the holder with a code, they read the shared sections until either of the two ends it."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from chassis.access_rules import NoQuestion, asks, unasked
from chassis.handlers import handles
from chassis.opaque import new_opaque, token_hash
from contracts.consent.api import Consent
from contracts.consent.authorisations import Done
from contracts.consent.carers import (
    AboutCarer,
    AboutInvitation,
    AnswerInvitation,
    Carer,
    Carers,
    FormerRepresentative,
    Invitation,
    InviteCarer,
    KeepRepresentative,
    ListCarers,
    ListProfiles,
    Profile,
    Profiles,
)
from contracts.consent.decisions import Purpose
from contracts.consent.events import CarerAccepted, CarerEnded
from contracts.errors.execution import CarerRepresents, CarersFull
from contracts.errors.request import ConsentUnknown, InvalidRequest, InvitationGone
from contracts.identity.api import Identity
from contracts.identity.people import GetTraitsOfSeveral
from contracts.vocabulary import Act, Capacity, PatientId
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind
from services.consent.repositories.found_facts import dated_in_force
from services.consent.repositories.invitations import StoredInvitation
from services.consent.representing import representatives_of

_LONGEST_LABEL = 60
_BY_INVITATION = "invitation"
_CAPACITIES = {
    FactKind.REPRESENTANT_LEGAL: Capacity.REPRESENTANT_LEGAL,
    FactKind.AIDANT: Capacity.AIDANT,
    FactKind.AYANT_DROIT: Capacity.AYANT_DROIT,
}


@handles(Consent.invite_carer, access=asks(Purpose.MANAGE, Act.INVITATION_AIDANT))
def invite_carer(ctx: ConsentContext, request: InviteCarer) -> Invitation:
    """An invitation with its code, which the holder passes on; the code is given only in this answer.

    Raises:
        InvalidRequest: no section, or a label that is empty or too long. CarersFull. Refusal: the law's.
    """
    code = new_opaque()
    invitation = _new_invitation(request, ctx.now + timedelta(days=ctx.settings.invitation_days))
    ctx.access.permit()
    invitation = msgspec.structs.replace(invitation, giver=ctx.access.giver)
    _check_carer_count(ctx, request.patient_id)
    ctx.invitations.put(invitation, token_hash(code))
    return _invitation(invitation, code)


@handles(Consent.withdraw_invitation, access=asks(Purpose.MANAGE, Act.INVITATION_AIDANT))
def withdraw_invitation(ctx: ConsentContext, request: AboutInvitation) -> Done:
    """Withdraw an open invitation; it is no error if there is none, or it was accepted.

    Raises:
        Refusal: the law's.
    """
    ctx.access.permit()
    ctx.invitations.forget(request.patient_id, request.invitation_id)
    return Done()


@handles(Consent.answer_invitation, access=unasked(NoQuestion.INVITATION, Act.NOMMER_AIDANT, Act.REFUS_AIDANT))
def answer_invitation(ctx: ConsentContext, request: AnswerInvitation) -> Profiles:
    """Accept or decline an invitation by its code; the holder is notified of a carer. Answers the caller's profiles.

    Raises:
        InvitationGone: no such code, expired, answered, one's own, of the dead, of a former representative.
            CarerRepresents: the caller represents the holder. CarersFull: the carer helps enough people.
    """
    me = _caller_of(ctx)
    ctx.access.begin(Act.NOMMER_AIDANT if request.accepted else Act.REFUS_AIDANT)
    invitation = ctx.invitations.find_open(token_hash(request.code), ctx.now)
    if (
        invitation is None
        or ctx.facts.are_one(invitation.patient_id, me)
        or ctx.facts.is_deceased(invitation.patient_id)
    ):
        raise InvitationGone
    representatives = representatives_of(ctx, invitation.patient_id)
    if invitation.giver not in {"", *representatives}:
        raise InvitationGone
    # The entry is in the holder's journal, who invited.
    ctx.access.patient_id, ctx.access.capacity = invitation.patient_id, Capacity.AIDANT
    ctx.access.reason = _BY_INVITATION
    if request.accepted:
        if str(me) in representatives:
            # They see the whole record already; as a carer they would see it after their time is over.
            raise CarerRepresents
        _accept(ctx, invitation, me)
    else:
        ctx.invitations.forget(invitation.patient_id, invitation.invitation_id)
    return _profiles(ctx)


@handles(Consent.keep_representative, access=asks(Purpose.MANAGE, Act.NOMMER_AIDANT))
def keep_representative(ctx: ConsentContext, request: KeepRepresentative) -> Carers:
    """Make a former representative of the holder, now of age, a carer.

    Raises:
        ConsentUnknown: not a former representative. InvalidRequest, CarersFull, Refusal: as `invite_carer`.
    """
    invitation = _new_invitation(request, ctx.now)
    ctx.access.permit()
    invitation = msgspec.structs.replace(invitation, giver=ctx.access.giver)
    if request.representative not in {former.representative for former in _former(ctx, request.patient_id)}:
        raise ConsentUnknown
    _check_carer_count(ctx, request.patient_id)
    ctx.invitations.put(invitation, token_hash(new_opaque()))
    _accept(ctx, invitation, request.representative)
    ctx.facts.forget(request.patient_id, FactKind.REPRESENTANT_LEGAL, str(request.representative))
    return _carers(ctx, request.patient_id)


@handles(Consent.list_carers, access=asks(Purpose.MANAGE, Act.LECTURE_DROITS))
def list_carers(ctx: ConsentContext, request: ListCarers) -> Carers:
    """The carers, open invitations and former representatives.

    Raises:
        Refusal: the law's.
    """
    ctx.access.permit()
    return _carers(ctx, request.patient_id)


def _carers(ctx: ConsentContext, patient_id: PatientId) -> Carers:
    invitations = _invitations_of(ctx, patient_id)
    labels = {invitation.carer: invitation.carer_label for invitation in invitations if invitation.carer}
    return Carers(
        carers=tuple(
            Carer(
                carer=PatientId(UUID(dated.fact.party)),
                label=labels.get(PatientId(UUID(dated.fact.party)), ""),
                sections=dated.fact.sections,
                since=dated.since,
            )
            for dated in dated_in_force(ctx.facts.of_patient(patient_id), ctx.now)
            if dated.fact.kind is FactKind.AIDANT
        ),
        invitations=tuple(_invitation(invitation) for invitation in invitations if invitation.carer is None),
        former=_former(ctx, patient_id),
    )


def _former(ctx: ConsentContext, patient_id: PatientId) -> tuple[FormerRepresentative, ...]:
    """Representatives until the holder came of age; a representation that an agent ended is no longer stored."""
    return tuple(
        FormerRepresentative(representative=PatientId(UUID(dated.fact.party)), until=dated.fact.until)
        for dated in ctx.facts.of_patient(patient_id)
        if dated.fact.kind is FactKind.REPRESENTANT_LEGAL and dated.fact.until and not dated.fact.holds(ctx.now)
    )


def _new_invitation(request: InviteCarer | KeepRepresentative, expires_at: datetime) -> StoredInvitation:
    if not request.sections:
        raise InvalidRequest(field="sections")
    labels = {field: getattr(request, field).strip() for field in ("carer_label", "holder_label")}
    for field, label in labels.items():
        if not 0 < len(label) <= _LONGEST_LABEL:
            raise InvalidRequest(field=field)
    return StoredInvitation(
        patient_id=request.patient_id,
        invitation_id=uuid4(),
        sections=tuple(sorted(set(request.sections))),
        expires_at=expires_at,
        **labels,
    )


def _check_carer_count(ctx: ConsentContext, patient_id: PatientId) -> None:
    ctx.lock("carers", patient_id)
    listed = _carers(ctx, patient_id)
    if len(listed.carers) + len(listed.invitations) >= ctx.settings.carers_per_person:
        raise CarersFull(most=str(ctx.settings.carers_per_person))


def _invitations_of(ctx: ConsentContext, patient_id: PatientId) -> list[StoredInvitation]:
    """Open and accepted invitations, but for those of a representative who no longer is one."""
    givers = {"", *representatives_of(ctx, patient_id)}
    return [stored for stored in ctx.invitations.of_patient(patient_id, ctx.now) if stored.giver in givers]


def _accept(ctx: ConsentContext, invitation: StoredInvitation, carer: PatientId) -> None:
    ctx.lock("people of carer", carer)
    accepted = {other.patient_id for other in ctx.invitations.of_carer(carer)}
    helped = {named.patient_id for named in ctx.facts.naming(str(carer), {FactKind.AIDANT}, ctx.now)}
    others = (accepted & helped) - {invitation.patient_id}
    if len(others) >= ctx.settings.people_per_carer:
        raise CarersFull(most=str(ctx.settings.people_per_carer))
    ctx.invitations.accept(invitation, carer)
    fact = Fact(kind=FactKind.AIDANT, party=str(carer), giver=invitation.giver, sections=invitation.sections)
    ctx.facts.put(invitation.patient_id, fact, now=ctx.now)
    ctx.events.publish(CarerAccepted(patient_id=invitation.patient_id))


@handles(Consent.end_carer, access=asks(Purpose.MANAGE, Act.FIN_AIDANT, unless=NoQuestion.OWN))
def end_carer(ctx: ConsentContext, request: AboutCarer) -> Done:
    """The holder or the carer ends the sharing; the other is notified. It is no error if there is none.

    Raises:
        Refusal: the law's.
    """
    is_carer = ctx.actor.is_patient(request.carer) or ctx.facts.are_one(request.carer, _caller_of(ctx))
    if is_carer:
        ctx.access.allow(NoQuestion.OWN, reason=_BY_INVITATION, capacity=Capacity.AIDANT)
    else:
        ctx.access.permit()
        ctx.access.reason = _BY_INVITATION
    if ctx.facts.forget(request.patient_id, FactKind.AIDANT, str(request.carer)):
        ctx.invitations.forget_carer(request.patient_id, request.carer)
        ctx.events.publish(CarerEnded(patient_id=request.patient_id if is_carer else request.carer))
    return Done()


@handles(Consent.list_profiles, access=unasked(NoQuestion.OWN, Act.LECTURE_DROITS, each=True))
def list_profiles(ctx: ConsentContext, request: ListProfiles) -> Profiles:
    """The records for which the caller is a legal representative, a carer or an heir, newest first."""
    listed = _profiles(ctx)
    if request.names:
        listed = Profiles(profiles=_named(ctx, listed.profiles))
    for profile in listed.profiles:
        # Each holder reads in their journal that their relationship was looked at.
        ctx.access.add(profile.patient_id, reason=profile.capacity.value, capacity=profile.capacity)
    return listed


def _caller_of(ctx: ConsentContext) -> PatientId:
    return PatientId(UUID(ctx.actor.subject))


def _profiles(ctx: ConsentContext) -> Profiles:
    me = ctx.actor.subject
    accepted = ctx.invitations.of_carer(_caller_of(ctx))
    labels = {invitation.patient_id: invitation.holder_label for invitation in accepted}
    found = ctx.facts.naming(me, _CAPACITIES, ctx.now)
    return Profiles(
        profiles=tuple(
            Profile(
                patient_id=named.patient_id,
                capacity=_CAPACITIES[named.fact.kind],
                since=named.since,
                label=labels.get(named.patient_id, ""),
                sections=named.fact.sections,
                until=named.fact.until,
            )
            for named in found
        )
    )


def _named(ctx: ConsentContext, profiles: tuple[Profile, ...]) -> tuple[Profile, ...]:
    """With the given names of whom the caller represents, who may read them (`identity.read_person`)."""
    ids = tuple(each.patient_id for each in profiles if each.capacity is Capacity.REPRESENTANT_LEGAL)
    if not ids:
        return profiles
    known = ctx.remote.as_service(Identity.traits_of_several, GetTraitsOfSeveral(patient_ids=ids)).traits
    names = {patient_id: traits.given_names for patient_id, traits in known.items() if patient_id in ids}
    return tuple(msgspec.structs.replace(each, given_names=names.get(each.patient_id, "")) for each in profiles)


def _invitation(stored: StoredInvitation, code: str = "") -> Invitation:
    return Invitation(
        invitation_id=stored.invitation_id,
        sections=stored.sections,
        carer_label=stored.carer_label,
        expires_at=stored.expires_at,
        code=code,
    )
