"""Deaths: two agents who saw the certificate report one, and two who saw the person alive undo it."""

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.execution import DeathReported
from contracts.errors.request import DeathNotReported, RecordNotFound
from contracts.identity.api import Identity
from contracts.identity.deaths import Death, DeathStatus, DeathUndone, GetDeath, ReportDeath, UndoDeath
from contracts.identity.events import DeathReportUndone, PersonDied
from contracts.vocabulary import Act, Role
from services.identity.context import IdentityContext
from services.identity.domain.deaths import NOT_RESTORED, check_died_on, check_reference
from services.identity.means import end_under_way

_BY_AGENT = "agent"


@handles(Identity.report_death, access=unasked(NoQuestion.AGENT, Act.DECES, each=True))
def report_death(ctx: IdentityContext, request: ReportDeath) -> Death:
    """From now on nobody logs in as this person nor shows their card, and no notice is sent to them.

    Apps that they authorised get no new tokens. Consent and records end the rest upon the event. Of a person with two
    identities it concerns both.

    Raises:
        RecordNotFound: nobody is known by this id. InvalidRequest: the day, or the reference. DeathReported: it is on
            file already.
    """
    ctx.access.reason = _BY_AGENT
    check_reference(request.certificate, field="certificate")
    patient_id, repositories = request.patient_id, ctx.database.repositories
    birth_date = repositories.birth_date_of(patient_id)
    if birth_date is None:
        raise RecordNotFound
    check_died_on(request.died_on, birth_date, ctx.now.date())
    ctx.lock_persons()
    for dead in repositories.ids_of(patient_id):
        if not repositories.put_death(dead, request.died_on, ctx.now):
            raise DeathReported
        repositories.end_sessions(Role.PATIENT, str(dead), ctx.now)
        repositories.put_evidence(dead, Act.DECES, request.certificate, by=ctx.actor.subject, now=ctx.now)
        end_under_way(ctx, dead)
        ctx.access.add(dead)
        ctx.events.publish(PersonDied(patient_id=dead))
    return Death(patient_id=patient_id, died_on=request.died_on, reported_at=ctx.now)


@handles(Identity.death_of, access=unjournalled(NoEntry.CALLER, NoQuestion.SERVICE), reading=True)
def death_of(ctx: IdentityContext, request: GetDeath) -> DeathStatus:
    """Whether a death is on file now."""
    return DeathStatus(reported=ctx.database.repositories.is_deceased(request.patient_id))


@handles(Identity.undo_death, access=unasked(NoQuestion.AGENT, Act.ANNULATION_DECES, each=True))
def undo_death(ctx: IdentityContext, request: UndoDeath) -> DeathUndone:
    """The report was wrong: what it suspended is in force again, and the person is told.

    Raises:
        DeathNotReported: there is no report. InvalidRequest: the reference.
    """
    ctx.access.reason = _BY_AGENT
    check_reference(request.evidence, field="evidence")
    patient_id, repositories = request.patient_id, ctx.database.repositories
    ctx.lock_persons()
    for living in repositories.ids_of(patient_id):
        if not repositories.forget_death(living):
            raise DeathNotReported
        repositories.put_evidence(living, Act.ANNULATION_DECES, request.evidence, by=ctx.actor.subject, now=ctx.now)
        ctx.access.add(living)
        ctx.events.publish(DeathReportUndone(patient_id=living))
    return DeathUndone(patient_id=patient_id, not_restored=NOT_RESTORED)
