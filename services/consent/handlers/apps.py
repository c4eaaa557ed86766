"""What a patient decides about partner apps, and which of them are listed."""

from chassis.handlers import handles, listens
from contracts.consent import (
    AboutApp,
    AppAllowed,
    AppRevoked,
    Consent,
    Done,
    GrantApp,
    GrantedApp,
    GrantedApps,
    ListApps,
    Purpose,
)
from contracts.identity import AppListed, AppSuspended
from contracts.vocabulary import PLATFORM, Act, Capacity, PatientId
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind, in_place
from services.consent.repositories import DatedFact


@handles(Consent.grant_app)
def grant_app(ctx: ConsentContext, request: GrantApp) -> Done:
    """The patient lets an app read sections, in place of what it was let read before; or who represents them does.

    Raises:
        Refusal: the law's, journalled.
    """
    question = ctx.authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = ctx.authorizer.check(question, Act.AUTORISATION_APPLICATION, about=request.app)
    kind, party = FactKind.APPLICATION, request.app
    if decision.capacity is Capacity.REPRESENTANT_LEGAL:
        kind, party = FactKind.APPLICATION_REPRESENTANT, in_place(request.app, ctx.actor.subject)
    fact = Fact(kind=kind, party=party, sections=request.sections)
    ctx.facts.note(request.patient_id, fact, now=ctx.now)
    ctx.events.publish(AppAllowed(patient_id=request.patient_id, app=request.app))
    ctx.authorizer.done(question, Act.AUTORISATION_APPLICATION, decision, about=request.app)
    return Done()


@handles(Consent.revoke_app)
def revoke_app(ctx: ConsentContext, request: AboutApp) -> Done:
    """The patient takes it back, whoever gave it; taking back what is not there is no error.

    Raises:
        Refusal: the law's, journalled.
    """
    question = ctx.authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = ctx.authorizer.check(question, Act.FIN_APPLICATION, about=request.app)
    mine = [one.fact for one in _granted(ctx, request.patient_id) if _app_of(one.fact) == request.app]
    for fact in mine:
        ctx.facts.forget(request.patient_id, fact.kind, fact.party)
    if mine:
        ctx.events.publish(AppRevoked(patient_id=request.patient_id, app=request.app))
    ctx.authorizer.done(question, Act.FIN_APPLICATION, decision, about=request.app)
    return Done()


@handles(Consent.list_apps)
def list_apps(ctx: ConsentContext, request: ListApps) -> GrantedApps:
    """The apps that may read, newest first, and whether each is listed.

    Raises:
        Refusal: the law's, journalled.
    """
    question = ctx.authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = ctx.authorizer.check(question, Act.LECTURE_APPLICATIONS)
    granted = _granted(ctx, request.patient_id)
    parties = [_app_of(one.fact) for one in granted]
    listed = {fact.party for fact in ctx.facts.about([PLATFORM], parties)} if parties else set()
    ctx.authorizer.done(question, Act.LECTURE_APPLICATIONS, decision)
    return GrantedApps(
        apps=tuple(
            GrantedApp(
                app=_app_of(one.fact),
                since=one.since,
                sections=one.fact.sections,
                listed=_app_of(one.fact) in listed,
                by_representative=one.fact.kind is FactKind.APPLICATION_REPRESENTANT,
            )
            for one in granted
        )
    )


def _granted(ctx: ConsentContext, patient_id: PatientId) -> list[DatedFact]:
    kinds = {FactKind.APPLICATION, FactKind.APPLICATION_REPRESENTANT}
    return [one for one in ctx.facts.of_patient(patient_id) if one.fact.kind in kinds]


def _app_of(fact: Fact) -> str:
    return fact.party.partition(" ")[0]


@listens(AppListed)
def list_in_catalogue(ctx: ConsentContext, event: AppListed) -> None:
    """From now on patients' leave counts for this app; identity has journalled it."""
    fact = Fact(kind=FactKind.REFERENCEMENT, party=event.client_id)
    ctx.facts.note(PLATFORM, fact, now=ctx.now)


@listens(AppSuspended)
def strike_from_catalogue(ctx: ConsentContext, event: AppSuspended) -> None:
    """Nobody's leave counts for this app, until it is listed again; identity has journalled it."""
    ctx.facts.forget(PLATFORM, FactKind.REFERENCEMENT, event.client_id)
