"""An app asks, a patient answers: from the request a browser comes with to the code it goes back with."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from chassis.opaque import new_opaque, token_hash
from contracts.consent import Done, GrantApp
from contracts.envelope import Actor
from contracts.errors import AuthorizationGone, Refusal
from contracts.identity import (
    APPS,
    AuthorizationAnswered,
    AuthorizationBegun,
    AuthorizationParameters,
    AuthorizationPushed,
    BeginAuthorization,
    Client,
    ClientKind,
    ConsentAsked,
    DecideAuthorization,
    PushAuthorization,
    ShowAuthorization,
)
from contracts.scopes import Scopes, write_scopes
from contracts.vocabulary import PatientId
from services.identity.actions.clients import proven_client
from services.identity.actions.desk import Desk
from services.identity.actions.workplaces import provider_of
from services.identity.domain.authorizing import (
    PUSHED_SECONDS,
    REQUEST_SECONDS,
    REQUEST_URI,
    check_form,
    check_redirect,
    check_request,
    found_request,
    granted,
)
from services.identity.domain.granting import CODE_LIFE, Grant
from services.identity.store import Cellar, IdentityStore

ToConsent = Callable[[GrantApp], Done]
"""Files the patient's leave with consent, in the patient's own name."""


def push_authorization(
    message: PushAuthorization, *, now: datetime, cellar: Cellar, desk: Desk
) -> AuthorizationPushed:
    """Keep a request until a browser comes with its address; it is checked here already.

    Raises:
        ClientUnknown, RedirectRefused, and as `check_request`.
    """
    client = proven_client(message.proof, now=now, cellar=cellar, desk=desk)
    asked = msgspec.structs.replace(message.parameters, client_id=client.client_id, request_uri="")
    check_redirect(client, asked.redirect_uri)
    _check_asked(asked, client, desk)
    request_id = uuid4()
    cellar.store.put_authorization(request_id, asked, None, now + timedelta(seconds=PUSHED_SECONDS))
    return AuthorizationPushed(request_uri=f"{REQUEST_URI}{request_id}", expires_in=PUSHED_SECONDS)


def begin_authorization(
    message: BeginAuthorization, *, now: datetime, cellar: Cellar, desk: Desk
) -> AuthorizationBegun:
    """A request that is now this browser's; what an app got wrong goes back to it, if it is known where to.

    Professionals go on to Pro Santé Connect, patients to our own pages.

    Raises:
        RedirectRefused: the app, or where to go back to, is not known. AuthorizationGone: it was not pushed.
    """
    until = now + timedelta(seconds=REQUEST_SECONDS)
    request_id, asked, client = _brought(message, cellar, now=now, until=until)
    client = check_redirect(client, asked.redirect_uri)
    try:
        _check_asked(asked, client, desk)
        sign_in_at = _sign_in_at(client, request_id, message.browser, desk)
    except Refusal as refusal:
        return AuthorizationBegun(refusal=refusal.problem(), redirect_uri=asked.redirect_uri, state=asked.state)
    if not message.parameters.request_uri:
        cellar.store.put_authorization(request_id, asked, token_hash(message.browser), until)
    return AuthorizationBegun(request_id=request_id, sign_in_at=sign_in_at)


def show_authorization(
    message: ShowAuthorization, *, now: datetime, store: IdentityStore, desk: Desk
) -> ConsentAsked:
    """What the patient reads; raises AuthorizationGone."""
    asked = found_request(store.authorization(message.request_id, token_hash(message.browser), now))
    client = _asking_app(asked, store)
    scopes = check_request(asked, client, _fhir(desk))
    return ConsentAsked(
        client_id=client.client_id,
        name=client.name,
        publisher=client.publisher,
        purpose=client.purpose,
        redirect_uri=asked.redirect_uri,
        sections=scopes.sections,
        identity=scopes.identity,
        offline=scopes.offline,
    )


def decide_authorization(
    message: DecideAuthorization,
    actor: Actor,
    *,
    now: datetime,
    store: IdentityStore,
    desk: Desk,
    to_consent: ToConsent,
) -> AuthorizationAnswered:
    """The patient's answer: a code for the app, once their leave is on file with consent; or that they said no.

    Raises:
        AuthorizationGone: expired, answered, another browser's; RedirectRefused: the app is suspended meanwhile.
        Refusal: consent's, where the patient does not represent whom they answer for.
    """
    asked = found_request(store.take_authorization(message.request_id, token_hash(message.browser), now))
    client = _asking_app(asked, store)
    scopes = granted(check_request(asked, client, _fhir(desk)), message)
    if scopes is None:
        return AuthorizationAnswered(redirect_uri=asked.redirect_uri, state=asked.state)
    giver = PatientId(UUID(actor.subject))
    patient_id = message.patient_id or giver
    to_consent(GrantApp(patient_id=patient_id, app=client.client_id, sections=scopes.sections))
    code = new_opaque()
    grant = _new_grant(asked, patient_id, scopes, now)
    if patient_id != giver:
        grant = replace(grant, representative=giver)
    store.put_grant(grant, token_hash(code))
    return AuthorizationAnswered(redirect_uri=asked.redirect_uri, state=asked.state, code=code)


def _brought(
    message: BeginAuthorization, cellar: Cellar, *, now: datetime, until: datetime
) -> tuple[UUID, AuthorizationParameters, Client | None]:
    """What a browser comes with, or what was pushed before and is this browser's from now on."""
    asked = message.parameters
    with cellar.beside() as store:
        client = store.client(asked.client_id)
        if not asked.request_uri:
            return uuid4(), asked, client
        request_id = _pushed_id(asked.request_uri)
        browser = token_hash(message.browser)
        pushed = store.take_pushed(request_id, asked.client_id, browser, now=now, expires_at=until)
    return request_id, found_request(pushed), client


def _asking_app(asked: AuthorizationParameters, store: IdentityStore) -> Client:
    """The app a patient is asked by; what a software asks is no patient's to answer."""
    client = check_redirect(store.client(asked.client_id), asked.redirect_uri)
    if client.kind not in APPS:
        raise AuthorizationGone
    return client


def _check_asked(asked: AuthorizationParameters, client: Client, desk: Desk) -> None:
    if client.kind is ClientKind.SOFTWARE:
        check_form(asked, _fhir(desk))
    else:
        check_request(asked, client, _fhir(desk))


def _sign_in_at(client: Client, request_id: UUID, browser: str, desk: Desk) -> str:
    """Where a professional's browser goes on to; nowhere else for a patient's."""
    if client.kind is not ClientKind.SOFTWARE:
        return ""
    return provider_of(desk).address(request_id, browser)


def _new_grant(asked: AuthorizationParameters, patient_id: PatientId, scopes: Scopes, now: datetime) -> Grant:
    return Grant(
        grant_id=uuid4(),
        client_id=asked.client_id,
        patient_id=patient_id,
        scopes=write_scopes(scopes),
        redirect_uri=asked.redirect_uri,
        challenge=asked.code_challenge,
        nonce=asked.nonce,
        started_at=now,
        code_until=now + CODE_LIFE,
    )


def _pushed_id(request_uri: str) -> UUID:
    try:
        return UUID(request_uri.removeprefix(REQUEST_URI))
    except ValueError:
        raise AuthorizationGone from None


def _fhir(desk: Desk) -> str:
    return f"{desk.public_url}/fhir"
