"""What a patient decides about partner apps, and which of them are listed."""

from chassis.units import RequestContext
from contracts.consent import AboutApp, AppAllowed, AppRevoked, GrantApp, GrantedApp, GrantedApps, ListApps, Purpose
from contracts.identity import AppListed, AppSuspended
from contracts.vocabulary import PLATFORM, Act, Capacity, PatientId
from services.consent.authorizer import Authorizer
from services.consent.domain.facts import Fact, FactKind, in_place
from services.consent.repositories import DatedFact, FactRepository


def grant_app(authorizer: Authorizer, request: GrantApp) -> None:
    """The patient lets an app read sections, in place of what it was let read before; or who represents them does.

    Raises:
        Refusal: the law's, journalled.
    """
    question = authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = authorizer.check(question, Act.AUTORISATION_APPLICATION, about=request.app)
    kind, party = FactKind.APPLICATION, request.app
    if decision.capacity is Capacity.REPRESENTANT_LEGAL:
        kind, party = FactKind.APPLICATION_REPRESENTANT, in_place(request.app, authorizer.call.actor.subject)
    fact = Fact(kind=kind, party=party, sections=request.sections)
    authorizer.repository.note(request.patient_id, fact, now=authorizer.call.now)
    authorizer.call.events.publish(AppAllowed(patient_id=request.patient_id, app=request.app))
    authorizer.done(question, Act.AUTORISATION_APPLICATION, decision, about=request.app)


def revoke_app(authorizer: Authorizer, request: AboutApp) -> None:
    """The patient takes it back, whoever gave it; taking back what is not there is no error.

    Raises:
        Refusal: the law's, journalled.
    """
    question = authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = authorizer.check(question, Act.FIN_APPLICATION, about=request.app)
    mine = [one.fact for one in _granted(authorizer, request.patient_id) if _app_of(one.fact) == request.app]
    for fact in mine:
        authorizer.repository.forget(request.patient_id, fact.kind, fact.party)
    if mine:
        authorizer.call.events.publish(AppRevoked(patient_id=request.patient_id, app=request.app))
    authorizer.done(question, Act.FIN_APPLICATION, decision, about=request.app)


def list_apps(authorizer: Authorizer, request: ListApps) -> GrantedApps:
    """The apps that may read, newest first, and whether each is listed.

    Raises:
        Refusal: the law's, journalled.
    """
    question = authorizer.ask(request.patient_id, Purpose.MANAGE)
    decision = authorizer.check(question, Act.LECTURE_APPLICATIONS)
    granted = _granted(authorizer, request.patient_id)
    parties = [_app_of(one.fact) for one in granted]
    listed = {fact.party for fact in authorizer.repository.facts([PLATFORM], parties)} if parties else set()
    authorizer.done(question, Act.LECTURE_APPLICATIONS, decision)
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


def _granted(authorizer: Authorizer, patient_id: PatientId) -> list[DatedFact]:
    kinds = {FactKind.APPLICATION, FactKind.APPLICATION_REPRESENTANT}
    return [one for one in authorizer.repository.of_patient(patient_id) if one.fact.kind in kinds]


def _app_of(fact: Fact) -> str:
    return fact.party.partition(" ")[0]


def list_in_catalogue(repository: FactRepository, call: RequestContext[AppListed]) -> None:
    """From now on patients' leave counts for this app; identity has journalled it."""
    fact = Fact(kind=FactKind.REFERENCEMENT, party=call.message.client_id)
    repository.note(PLATFORM, fact, now=call.now)


def strike_from_catalogue(repository: FactRepository, call: RequestContext[AppSuspended]) -> None:
    """Nobody's leave counts for this app, until it is listed again; identity has journalled it."""
    repository.forget(PLATFORM, FactKind.REFERENCEMENT, call.message.client_id)
