"""A person's INS changes: a provisional number becomes a definite one, or sex or birthplace were corrected."""

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.execution import InsTaken
from contracts.errors.request import InvalidRequest, RecordNotFound
from contracts.identity.api import Identity
from contracts.identity.events import InsChanged
from contracts.identity.numbers import ChangeIns, GetIns, InsNumbers
from contracts.identity.people import Person
from contracts.vocabulary import Act
from services.identity import domain
from services.identity.context import IdentityContext
from services.identity.domain.deaths import check_reference

_BY_AGENT = "agent"
_SEXES = {"", "F", "M"}


@handles(Identity.change_ins, access=unasked(NoQuestion.AGENT, Act.CHANGEMENT_INS))
def change_ins(ctx: IdentityContext, request: ChangeIns) -> InsNumbers:
    """The new number from now on; the one before finds the same person, and nothing else moves. The holder is told.

    Raises:
        RecordNotFound: nobody is known by this id. InvalidIns, IdentityNotAdmitted, InvalidRequest.
        InsTaken: it is another person's here.
    """
    ctx.access.reason = _BY_AGENT
    check_reference(request.evidence, field="evidence")
    if request.sex not in _SEXES:
        raise InvalidRequest(field="sex")
    key_is_right = domain.check_ins(request.ins, test_identities=ctx.tools.test_identities)
    repositories, patient_id = ctx.database.repositories, request.patient_id
    person = repositories.person(patient_id)
    if person is None:
        raise RecordNotFound
    if request.ins == person.ins:
        raise InvalidRequest(field="ins")
    if not repositories.add_number(request.ins, patient_id):
        raise InsTaken
    if not request.keeps_former:
        repositories.remove_number(person.ins)
    repositories.set_ins(patient_id, request.ins, key_is_right=key_is_right, sex=request.sex or person.traits.sex)
    repositories.put_evidence(patient_id, Act.CHANGEMENT_INS, request.evidence, by=ctx.actor.subject, now=ctx.now)
    ctx.events.publish(InsChanged(patient_id=patient_id))
    return _numbers(ctx, repositories.person(patient_id))


@handles(Identity.ins_of, access=unjournalled(NoEntry.CALLER, NoQuestion.SERVICE), reading=True)
def ins_of(ctx: IdentityContext, request: GetIns) -> InsNumbers:
    """The numbers of a person, and their traits as they are known now."""
    return _numbers(ctx, ctx.database.repositories.person(request.patient_id))


def _numbers(ctx: IdentityContext, person: Person | None) -> InsNumbers:
    if person is None:
        return InsNumbers(ins=None)
    former = ctx.database.repositories.former_numbers(person)
    return InsNumbers(ins=person.ins, former=former, traits=person.traits)
