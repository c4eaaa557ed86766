"""Legal representations: requested, put into effect, ended; and who is informed of it."""

from datetime import timedelta
from uuid import UUID, uuid4

from contracts.consent.events import RepresentationChange, RepresentationChanged, RepresentationEnded
from contracts.identity.api import Identity
from contracts.identity.people import GetContact
from contracts.vocabulary import PatientId
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind, in_force
from services.consent.domain.representations import (
    RepresentationTerms,
    check_number_waiting,
    effect_time,
    organisation_of,
)
from services.consent.repositories.representations import RequestOutcome, WaitingRequest


def request_change(ctx: ConsentContext, terms: RepresentationTerms) -> WaitingRequest:
    """The request, which waits from now on; the same one that waits already is answered as it is.

    One of other terms replaces that of the organisation about the same person.

    Raises:
        RepresentationRequestsFull. RoleForbidden: the agent has no organisation.
    """
    organisation = organisation_of(ctx.actor)
    ctx.representation_requests.lock_record(terms.patient_id)
    waiting = [
        request
        for request in ctx.representation_requests.of_patient(terms.patient_id)
        if request.organisation == organisation
    ]
    before = next((request for request in waiting if _about_same(request.terms, terms)), None)
    if before is not None and before.terms == terms:
        return before
    check_number_waiting(len(waiting) - (before is not None))
    if before is not None:
        ctx.representation_requests.close(before, RequestOutcome.WITHDRAWN, ctx.now, by=ctx.actor.subject)
    return _put(ctx, terms, organisation)


def _about_same(terms: RepresentationTerms, others: RepresentationTerms) -> bool:
    return (terms.representative, terms.ends) == (others.representative, others.ends)


def _put(ctx: ConsentContext, terms: RepresentationTerms, organisation: str) -> WaitingRequest:
    informed = _to_inform(ctx, terms.patient_id, None if terms.ends else terms.representative)
    # Whoever withdraws a contested request and makes it again gets no delay that would run out.
    was_contested = ctx.representation_requests.was_contested(terms.patient_id, terms.representative, ends=terms.ends)
    delay = timedelta(hours=ctx.settings.representation_delay_hours)
    request = WaitingRequest(
        request_id=uuid4(),
        terms=terms,
        agent=ctx.actor.subject,
        organisation=organisation,
        requested_at=ctx.now,
        takes_effect_at=effect_time(
            ctx.now, delay, was_contested=was_contested, can_be_contested=_is_one_reached(ctx, informed)
        ),
        contested_at=ctx.now if was_contested else None,
    )
    ctx.representation_requests.put(request)
    if not terms.ends:
        _publish(ctx, RepresentationChange.NAMING_REQUESTED, informed)
    elif ctx.facts.kept_identity(terms.representative) in informed:
        # Without such a representation there is nothing to contest.
        _publish(ctx, RepresentationChange.ENDING_REQUESTED, informed)
    return request


def _is_one_reached(ctx: ConsentContext, people: list[PatientId]) -> bool:
    """Whether one of these people has an address; without one, a delay would pass in silence."""
    contacts = (ctx.remote.as_service(Identity.contact_of, GetContact(patient_id=person)) for person in people)
    return any(contact.email or contact.mobile for contact in contacts)


def put_into_effect(ctx: ConsentContext, request: WaitingRequest, *, by: str = "") -> None:
    """Name or end as requested; `by`: subject of the agent who confirmed it, empty after the delay."""
    terms = request.terms
    if terms.ends:
        end(ctx, terms.patient_id, terms.representative)
    else:
        fact = Fact(kind=FactKind.REPRESENTANT_LEGAL, party=str(terms.representative), until=terms.until)
        evidence = f"{terms.evidence.kind} {terms.evidence.on} {terms.evidence.reference}"
        ctx.facts.put(terms.patient_id, fact, now=ctx.now, evidence=evidence)
        inform(ctx, terms.patient_id, RepresentationChange.NAMED, but=terms.representative)
    ctx.representation_requests.close(request, RequestOutcome.IN_EFFECT, ctx.now, by=by)


def end(
    ctx: ConsentContext, patient_id: PatientId, representative: PatientId, *, but: PatientId | None = None
) -> None:
    """End a representation with all that rests on it; nothing where there is none.

    Args:
        but: who ended it, and is not informed.
    """
    # Before it ends, for whoever represents no longer must know too.
    informed = _to_inform(ctx, patient_id, but)
    if ctx.facts.forget(patient_id, FactKind.REPRESENTANT_LEGAL, str(representative)):
        ctx.facts.forget_given_by(patient_id, str(representative))
        ctx.events.publish(RepresentationEnded(patient_id=patient_id, representative=representative))
        _publish(ctx, RepresentationChange.ENDED, informed)


def inform(
    ctx: ConsentContext, patient_id: PatientId, change: RepresentationChange, *, but: PatientId | None = None
) -> None:
    """Notify the holder and their representatives, except `but`."""
    _publish(ctx, change, _to_inform(ctx, patient_id, but))


def representatives_of(ctx: ConsentContext, patient_id: PatientId) -> set[str]:
    """The ids of those who represent the holder now."""
    facts = in_force((dated.fact for dated in ctx.facts.of_patient(patient_id)), ctx.now)
    return {fact.party for fact in facts if fact.kind is FactKind.REPRESENTANT_LEGAL}


def _to_inform(ctx: ConsentContext, patient_id: PatientId, but: PatientId | None) -> list[PatientId]:
    representatives = sorted(PatientId(UUID(party)) for party in representatives_of(ctx, patient_id))
    # By a closed identity nobody contests: its account opens no more.
    holder = ctx.facts.kept_identity(patient_id)
    return [person for person in (holder, *representatives) if person != but]


def _publish(ctx: ConsentContext, change: RepresentationChange, informed: list[PatientId]) -> None:
    for person in informed:
        ctx.events.publish(RepresentationChanged(patient_id=person, change=change))
