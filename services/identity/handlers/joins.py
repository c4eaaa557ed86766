"""Two identities of one person are joined by two agents who saw that they are, and separated by two."""

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.execution import IdentitiesJoined
from contracts.errors.request import IdentitiesNotJoined, PatientDeceased, RecordNotFound
from contracts.identity.api import Identity
from contracts.identity.events import PersonsJoined, PersonsSeparated
from contracts.identity.joins import (
    GetJoin,
    IdentitiesSeparated,
    Join,
    JoinIdentities,
    JoinStatus,
    SeparateIdentities,
)
from contracts.identity.people import Person
from contracts.vocabulary import Act, PatientId, Role
from services.identity.context import IdentityContext
from services.identity.domain.deaths import check_reference
from services.identity.domain.joins import NOT_RESTORED, check_one_person
from services.identity.means import end_under_way

_BY_AGENT = "agent"


@handles(Identity.join_identities, access=unasked(NoQuestion.AGENT, Act.REUNION_IDENTITES, each=True))
def join_identities(ctx: IdentityContext, request: JoinIdentities) -> Join:
    """Both stay, with their records and journals; who names one reads both. Both accounts are told.

    The account of `other` opens no more, and its sessions end.

    Raises:
        RecordNotFound: nobody is known by one of the ids. InvalidRequest: the reference, or twice the same id.
        IdentitiesContradict, PatientDeceased. IdentitiesJoined: one of them is joined already.
    """
    both = _check(ctx, request)
    check_one_person(*(_person(ctx, patient_id) for patient_id in both))
    _check_alive(ctx, both)
    if not ctx.database.repositories.join(*both, ctx.now):
        raise IdentitiesJoined
    ctx.database.repositories.end_sessions(Role.PATIENT, str(request.other), ctx.now)
    end_under_way(ctx, request.other)
    for patient_id, other in (both, both[::-1]):
        _keep(ctx, patient_id, request.evidence)
        ctx.events.publish(PersonsJoined(patient_id=patient_id, other=other))
    return Join(patient_id=request.patient_id, other=request.other, since=ctx.now)


@handles(Identity.separate_identities, access=unasked(NoQuestion.AGENT, Act.SEPARATION_IDENTITES, each=True))
def separate_identities(ctx: IdentityContext, request: SeparateIdentities) -> IdentitiesSeparated:
    """What was done meanwhile belongs to the identity that it named. Both accounts are told.

    Raises:
        RecordNotFound, InvalidRequest: as `join_identities`. IdentitiesNotJoined. PatientDeceased: a report that
            concerned both is undone first.
    """
    both = _check(ctx, request)
    _check_alive(ctx, both)
    if not ctx.database.repositories.separate(*both):
        raise IdentitiesNotJoined
    for patient_id, other in (both, both[::-1]):
        _keep(ctx, patient_id, request.evidence)
        ctx.events.publish(PersonsSeparated(patient_id=patient_id, other=other))
    return IdentitiesSeparated(patient_id=request.patient_id, other=request.other, not_restored=NOT_RESTORED)


@handles(Identity.join_of, access=unjournalled(NoEntry.CALLER, NoQuestion.SERVICE), reading=True)
def join_of(ctx: IdentityContext, request: GetJoin) -> JoinStatus:
    """The other identity of a person now."""
    return ctx.database.repositories.join_status(request.patient_id)


def _check(ctx: IdentityContext, request: JoinIdentities | SeparateIdentities) -> tuple[PatientId, PatientId]:
    """The two ids; from here on no other join, and no death, comes between."""
    ctx.access.reason = _BY_AGENT
    check_reference(request.evidence, field="evidence")
    ctx.lock_persons()
    return request.patient_id, request.other


def _check_alive(ctx: IdentityContext, both: tuple[PatientId, PatientId]) -> None:
    if any(ctx.database.repositories.is_deceased(patient_id) for patient_id in both):
        raise PatientDeceased


def _person(ctx: IdentityContext, patient_id: PatientId) -> Person:
    person = ctx.database.repositories.person(patient_id)
    if person is None:
        raise RecordNotFound
    return person


def _keep(ctx: IdentityContext, patient_id: PatientId, evidence: str) -> None:
    """The line of each journal, and what the agents saw."""
    act = ctx.access.act
    assert act is not None
    ctx.database.repositories.put_evidence(patient_id, act, evidence, by=ctx.actor.subject, now=ctx.now)
    ctx.access.add(patient_id)
