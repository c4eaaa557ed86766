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
from services.identity.handlers.clients import proven_client
from services.identity.handlers.workplaces import provider_of
from services.identity.repositories import Database, IdentityRepositories
from services.identity.tools import Tools

ConsentCaller = Callable[[GrantApp], Done]
"""Files the patient's leave with consent, in the patient's own name."""


def push_authorization(
    message: PushAuthorization, *, now: datetime, database: Database, tools: Tools
) -> AuthorizationPushed:
    """Keep a request until a browser comes with its address; it is checked here already.

    Raises:
        ClientUnknown, RedirectRefused, and as `check_request`.
    """
    client = proven_client(message.proof, now=now, database=database, tools=tools)
    asked = msgspec.structs.replace(message.parameters, client_id=client.client_id, request_uri="")
    check_redirect(client, asked.redirect_uri)
    _check_asked(asked, client, tools)
    request_id = uuid4()
    database.repositories.put_authorization(request_id, asked, None, now + timedelta(seconds=PUSHED_SECONDS))
    return AuthorizationPushed(request_uri=f"{REQUEST_URI}{request_id}", expires_in=PUSHED_SECONDS)


def begin_authorization(
    message: BeginAuthorization, *, now: datetime, database: Database, tools: Tools
) -> AuthorizationBegun:
    """A request that is now this browser's; what an app got wrong goes back to it, if it is known where to.

    Professionals go on to Pro Santé Connect, patients to our own pages.

    Raises:
        RedirectRefused: the app, or where to go back to, is not known. AuthorizationGone: it was not pushed.
    """
    until = now + timedelta(seconds=REQUEST_SECONDS)
    request_id, asked, client = _brought(message, database, now=now, until=until)
    client = check_redirect(client, asked.redirect_uri)
    try:
        _check_asked(asked, client, tools)
        sign_in_at = _sign_in_at(client, request_id, message.browser, tools)
    except Refusal as refusal:
        return AuthorizationBegun(refusal=refusal.problem(), redirect_uri=asked.redirect_uri, state=asked.state)
    if not message.parameters.request_uri:
        database.repositories.put_authorization(request_id, asked, token_hash(message.browser), until)
    return AuthorizationBegun(request_id=request_id, sign_in_at=sign_in_at)


def show_authorization(
    message: ShowAuthorization, *, now: datetime, repositories: IdentityRepositories, tools: Tools
) -> ConsentAsked:
    """What the patient reads; raises AuthorizationGone."""
    asked = found_request(repositories.authorization(message.request_id, token_hash(message.browser), now))
    client = _asking_app(asked, repositories)
    scopes = check_request(asked, client, _fhir(tools))
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
    repositories: IdentityRepositories,
    tools: Tools,
    to_consent: ConsentCaller,
) -> AuthorizationAnswered:
    """The patient's answer: a code for the app, once their leave is on file with consent; or that they said no.

    Raises:
        AuthorizationGone: expired, answered, another browser's; RedirectRefused: the app is suspended meanwhile.
        Refusal: consent's, where the patient does not represent whom they answer for.
    """
    asked = found_request(repositories.take_authorization(message.request_id, token_hash(message.browser), now))
    client = _asking_app(asked, repositories)
    scopes = granted(check_request(asked, client, _fhir(tools)), message)
    if scopes is None:
        return AuthorizationAnswered(redirect_uri=asked.redirect_uri, state=asked.state)
    giver = PatientId(UUID(actor.subject))
    patient_id = message.patient_id or giver
    to_consent(GrantApp(patient_id=patient_id, app=client.client_id, sections=scopes.sections))
    code = new_opaque()
    grant = _new_grant(asked, patient_id, scopes, now)
    if patient_id != giver:
        grant = replace(grant, representative=giver)
    repositories.put_grant(grant, token_hash(code))
    return AuthorizationAnswered(redirect_uri=asked.redirect_uri, state=asked.state, code=code)


def _brought(
    message: BeginAuthorization, database: Database, *, now: datetime, until: datetime
) -> tuple[UUID, AuthorizationParameters, Client | None]:
    """What a browser comes with, or what was pushed before and is this browser's from now on."""
    asked = message.parameters
    with database.separate_transaction() as repositories:
        client = repositories.client(asked.client_id)
        if not asked.request_uri:
            return uuid4(), asked, client
        request_id = _pushed_id(asked.request_uri)
        browser = token_hash(message.browser)
        pushed = repositories.take_pushed(request_id, asked.client_id, browser, now=now, expires_at=until)
    return request_id, found_request(pushed), client


def _asking_app(asked: AuthorizationParameters, repositories: IdentityRepositories) -> Client:
    """The app a patient is asked by; what a software asks is no patient's to answer."""
    client = check_redirect(repositories.client(asked.client_id), asked.redirect_uri)
    if client.kind not in APPS:
        raise AuthorizationGone
    return client


def _check_asked(asked: AuthorizationParameters, client: Client, tools: Tools) -> None:
    if client.kind is ClientKind.SOFTWARE:
        check_form(asked, _fhir(tools))
    else:
        check_request(asked, client, _fhir(tools))


def _sign_in_at(client: Client, request_id: UUID, browser: str, tools: Tools) -> str:
    """Where a professional's browser goes on to; nowhere else for a patient's."""
    if client.kind is not ClientKind.SOFTWARE:
        return ""
    return provider_of(tools).address(request_id, browser)


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


def _fhir(tools: Tools) -> str:
    return f"{tools.public_url}/fhir"
