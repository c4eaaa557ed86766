"""Two identities of one person: what is on file under either is about both, until they are separated."""

from collections.abc import Iterable
from uuid import UUID

from chassis.access_rules import NoQuestion, unasked
from chassis.handlers import listens
from chassis.joins import follow_join
from contracts.consent.events import RepresentationChange, RepresentationChanged
from contracts.identity.events import PersonsJoined, PersonsSeparated
from contracts.vocabulary import Act, PatientId
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind
from services.consent.representing import inform, representatives_of
from services.consent.tables import joins

_OF_IDENTITY = unasked(NoQuestion.SENDER, Act.FIN_REPRESENTATION, Act.NOMMER_REPRESENTANT, each=True)
_BY_JOIN, _BY_SEPARATION = Act.REUNION_IDENTITES.value, Act.SEPARATION_IDENTITES.value


@listens(PersonsJoined, access=_OF_IDENTITY)
def join_facts(ctx: ConsentContext, event: PersonsJoined) -> None:
    """From now on the facts under both identities are about one person, but for those that the closed one loses."""
    _follow(ctx, event)


@listens(PersonsSeparated, access=_OF_IDENTITY)
def separate_facts(ctx: ConsentContext, event: PersonsSeparated) -> None:
    """What the join ended is in force again, and what one identity gave or ended for the other is undone."""
    _follow(ctx, event)


def _follow(ctx: ConsentContext, event: PersonsJoined | PersonsSeparated) -> None:
    # The row first: who writes for the other identity holds it, and is waited for.
    for patient_id, status in follow_join(ctx, joins, event):
        resumed = _representations(ctx, ctx.facts.separate(patient_id))
        if status.closed:
            _inform_ended(ctx, patient_id, ctx.facts.close(patient_id))
            continue
        for fact in resumed:
            ctx.access.add(patient_id, act=Act.NOMMER_REPRESENTANT, about=fact.party, reason=_BY_SEPARATION)
        if resumed:
            inform(ctx, patient_id, RepresentationChange.NAMED)


def _inform_ended(ctx: ConsentContext, patient_id: PatientId, ended: Iterable[Fact]) -> None:
    """The holder learns of the join itself; who represents the identity that is kept represents the person still."""
    still = representatives_of(ctx, patient_id)
    for fact in _representations(ctx, ended):
        ctx.access.add(patient_id, act=Act.FIN_REPRESENTATION, about=fact.party, reason=_BY_JOIN)
        if fact.party not in still:
            person = PatientId(UUID(fact.party))
            ctx.events.publish(RepresentationChanged(patient_id=person, change=RepresentationChange.ENDED))


def _representations(ctx: ConsentContext, facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.kind is FactKind.REPRESENTANT_LEGAL and fact.holds(ctx.now)]
