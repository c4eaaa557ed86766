"""Grants to partner apps, and which apps are listed in the catalogue."""

from chassis.access_rules import NoEntry, NoQuestion, asks, unjournalled
from chassis.handlers import handles, listens
from contracts.consent.api import Consent
from contracts.consent.apps import AboutApp, GrantApp, GrantedApp, GrantedApps, ListApps
from contracts.consent.authorisations import Done
from contracts.consent.decisions import Purpose
from contracts.consent.events import AppAllowed, AppRevoked
from contracts.identity.events import AppAccessEnded, AppListed, AppSuspended
from contracts.vocabulary import PLATFORM, Act, Capacity, PatientId
from services.consent.context import ConsentContext
from services.consent.domain.facts import Fact, FactKind, in_place
from services.consent.repositories.found_facts import DatedFact

_OF_IDENTITY = unjournalled(NoEntry.SENDER, NoQuestion.SENDER)


@handles(Consent.grant_app, access=asks(Purpose.MANAGE, Act.AUTORISATION_APPLICATION))
def grant_app(ctx: ConsentContext, request: GrantApp) -> Done:
    """The patient, or a legal representative, grants an app sections; this replaces an earlier grant.

    Raises:
        Refusal: the law's.
    """
    ctx.access.about = request.app
    permit = ctx.access.permit()
    kind, party = FactKind.APPLICATION, request.app
    if permit.capacity is Capacity.REPRESENTANT_LEGAL:
        kind, party = FactKind.APPLICATION_REPRESENTANT, in_place(request.app, ctx.actor.subject)
    fact = Fact(kind=kind, party=party, sections=request.sections)
    ctx.facts.put(request.patient_id, fact, now=ctx.now)
    ctx.events.publish(AppAllowed(patient_id=request.patient_id, app=request.app))
    return Done()


@handles(Consent.revoke_app, access=asks(Purpose.MANAGE, Act.FIN_APPLICATION))
def revoke_app(ctx: ConsentContext, request: AboutApp) -> Done:
    """The patient revokes all grants to an app, those of representatives included; none to revoke is no error.

    Raises:
        Refusal: the law's.
    """
    ctx.access.about = request.app
    ctx.access.permit()
    granted = [dated.fact for dated in _granted(ctx, request.patient_id) if _app_of(dated.fact) == request.app]
    for fact in granted:
        ctx.facts.forget(request.patient_id, fact.kind, fact.party)
    if granted:
        ctx.events.publish(AppRevoked(patient_id=request.patient_id, app=request.app))
    return Done()


@handles(Consent.list_apps, access=asks(Purpose.MANAGE, Act.LECTURE_APPLICATIONS))
def list_apps(ctx: ConsentContext, request: ListApps) -> GrantedApps:
    """The apps with a grant, newest first, and whether each is listed.

    Raises:
        Refusal: the law's.
    """
    ctx.access.permit()
    granted = _granted(ctx, request.patient_id)
    parties = [_app_of(dated.fact) for dated in granted]
    listed = (
        {fact.party for fact in ctx.facts.about([PLATFORM], parties) if fact.holds(ctx.now)} if parties else set()
    )
    return GrantedApps(
        apps=tuple(
            GrantedApp(
                app=_app_of(dated.fact),
                since=dated.since,
                sections=dated.fact.sections,
                listed=_app_of(dated.fact) in listed,
                by_representative=dated.fact.kind is FactKind.APPLICATION_REPRESENTANT,
            )
            for dated in granted
        )
    )


def _granted(ctx: ConsentContext, patient_id: PatientId) -> list[DatedFact]:
    kinds = {FactKind.APPLICATION, FactKind.APPLICATION_REPRESENTANT}
    return [dated for dated in ctx.facts.of_patient(patient_id) if dated.fact.kind in kinds]


def _app_of(fact: Fact) -> str:
    """The app of a grant, whose party may also name a representative (`in_place`)."""
    return fact.party.partition(" ")[0]


@listens(AppListed, access=_OF_IDENTITY)
def list_in_catalogue(ctx: ConsentContext, event: AppListed) -> None:
    """From now on patients' grants to this app are in force; identity has journalled it."""
    fact = Fact(kind=FactKind.REFERENCEMENT, party=event.client_id)
    ctx.facts.put_newest(PLATFORM, fact, event.revision, now=ctx.now)


@listens(AppSuspended, access=_OF_IDENTITY)
def strike_from_catalogue(ctx: ConsentContext, event: AppSuspended) -> None:
    """No grant to this app is in force until it is listed again; identity has journalled it."""
    # It stays on file, ended: a listing that was sent before may arrive after it.
    fact = Fact(kind=FactKind.REFERENCEMENT, party=event.client_id, until=ctx.now)
    ctx.facts.put_newest(PLATFORM, fact, event.revision, now=ctx.now)


@listens(AppAccessEnded, access=_OF_IDENTITY)
def forget_app_access(ctx: ConsentContext, event: AppAccessEnded) -> None:
    """The app must be authorised again by whoever took their account back; identity has journalled it."""
    if event.representative is None:
        ctx.facts.forget(event.patient_id, FactKind.APPLICATION, event.app)
    else:
        party = in_place(event.app, str(event.representative))
        ctx.facts.forget(event.patient_id, FactKind.APPLICATION_REPRESENTANT, party)
