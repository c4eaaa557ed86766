"""What a patient decides about partner apps, and which of them are listed."""

from chassis.units import RequestContext
from contracts.consent import AboutApp, AppAllowed, AppRevoked, GrantApp, GrantedApp, GrantedApps, ListApps, Purpose
from contracts.identity import AppListed, AppSuspended
from contracts.vocabulary import PLATFORM, Act, Capacity, PatientId
from services.consent.actions.desk import Desk
from services.consent.domain.facts import Fact, FactKind, in_place
from services.consent.store import ConsentStore, Filed


def grant_app(desk: Desk, asked: GrantApp) -> None:
    """The patient lets an app read sections, in place of what it was let read before; or who represents them does.

    Raises:
        Refusal: the law's, journalled.
    """
    question = desk.ask(asked.patient_id, Purpose.MANAGE)
    decision = desk.check(question, Act.AUTORISATION_APPLICATION, about=asked.app)
    kind, party = FactKind.APPLICATION, asked.app
    if decision.capacity is Capacity.REPRESENTANT_LEGAL:
        kind, party = FactKind.APPLICATION_REPRESENTANT, in_place(asked.app, desk.call.actor.subject)
    fact = Fact(kind=kind, party=party, sections=asked.sections)
    desk.store.note(asked.patient_id, fact, now=desk.call.now)
    desk.call.events.publish(AppAllowed(patient_id=asked.patient_id, app=asked.app))
    desk.done(question, Act.AUTORISATION_APPLICATION, decision, about=asked.app)


def revoke_app(desk: Desk, asked: AboutApp) -> None:
    """The patient takes it back, whoever gave it; taking back what is not there is no error.

    Raises:
        Refusal: the law's, journalled.
    """
    question = desk.ask(asked.patient_id, Purpose.MANAGE)
    decision = desk.check(question, Act.FIN_APPLICATION, about=asked.app)
    mine = [one.fact for one in _granted(desk, asked.patient_id) if _app_of(one.fact) == asked.app]
    for fact in mine:
        desk.store.forget(asked.patient_id, fact.kind, fact.party)
    if mine:
        desk.call.events.publish(AppRevoked(patient_id=asked.patient_id, app=asked.app))
    desk.done(question, Act.FIN_APPLICATION, decision, about=asked.app)


def list_apps(desk: Desk, asked: ListApps) -> GrantedApps:
    """The apps that may read, newest first, and whether each is listed.

    Raises:
        Refusal: the law's, journalled.
    """
    question = desk.ask(asked.patient_id, Purpose.MANAGE)
    decision = desk.check(question, Act.LECTURE_APPLICATIONS)
    granted = _granted(desk, asked.patient_id)
    parties = [_app_of(one.fact) for one in granted]
    listed = {fact.party for fact in desk.store.facts([PLATFORM], parties)} if parties else set()
    desk.done(question, Act.LECTURE_APPLICATIONS, decision)
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


def _granted(desk: Desk, patient_id: PatientId) -> list[Filed]:
    kinds = {FactKind.APPLICATION, FactKind.APPLICATION_REPRESENTANT}
    return [one for one in desk.store.of_patient(patient_id) if one.fact.kind in kinds]


def _app_of(fact: Fact) -> str:
    return fact.party.partition(" ")[0]


def list_in_catalogue(store: ConsentStore, call: RequestContext[AppListed]) -> None:
    """From now on patients' leave counts for this app; identity has journalled it."""
    fact = Fact(kind=FactKind.REFERENCEMENT, party=call.message.client_id)
    store.note(PLATFORM, fact, now=call.now)


def strike_from_catalogue(store: ConsentStore, call: RequestContext[AppSuspended]) -> None:
    """Nobody's leave counts for this app, until it is listed again; identity has journalled it."""
    store.forget(PLATFORM, FactKind.REFERENCEMENT, call.message.client_id)
