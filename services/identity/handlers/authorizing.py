"""Authorization requests of apps and the patient's answer: from the browser's arrival to the code it returns with."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import handles
from chassis.opaque import new_opaque, token_hash
from contracts.consent.api import Consent
from contracts.consent.apps import GrantApp
from contracts.errors.base import Refusal
from contracts.errors.request import AuthorizationGone
from contracts.identity.api import Identity
from contracts.identity.apps import APPS, Client, ClientKind
from contracts.identity.oauth import (
    AuthorizationBegun,
    AuthorizationParameters,
    AuthorizationPushed,
    AuthorizationResponse,
    BeginAuthorization,
    ConsentRequest,
    DecideAuthorization,
    PushAuthorization,
    ShowAuthorization,
)
from contracts.scopes import Scopes, write_scopes
from contracts.vocabulary import PatientId
from services.identity.account_holders import caller_id, check_session
from services.identity.client_authentication import known_client, require_client
from services.identity.context import IdentityContext
from services.identity.domain.authorizing import (
    PUSHED_SECONDS,
    REQUEST_SECONDS,
    REQUEST_URI,
    check_form,
    check_redirect,
    check_request,
    granted,
    require_waiting,
)
from services.identity.domain.granting import CODE_LIFE, Grant

_BEGINS = unjournalled(NoEntry.LATER_STEP, NoQuestion.PROOF)


@handles(Identity.push_authorization, access=_BEGINS)
def push_authorization(ctx: IdentityContext, request: PushAuthorization) -> AuthorizationPushed:
    """Check an authorization request and store it until a browser comes with its request_uri (RFC 9126).

    Raises:
        ClientUnknown, RedirectRefused, and as `check_request`.
    """
    client = require_client(ctx, request.proof)
    parameters = msgspec.structs.replace(request.parameters, client_id=client.client_id, request_uri="")
    check_redirect(client, parameters.redirect_uri)
    _check_parameters(ctx, parameters, client)
    request_id = uuid4()
    expires_at = ctx.now + timedelta(seconds=PUSHED_SECONDS)
    ctx.database.repositories.put_authorization(request_id, parameters, None, expires_at)
    return AuthorizationPushed(request_uri=f"{REQUEST_URI}{request_id}", expires_in=PUSHED_SECONDS)


@handles(Identity.begin_authorization, access=_BEGINS)
def begin_authorization(ctx: IdentityContext, request: BeginAuthorization) -> AuthorizationBegun:
    """Bind an authorization request to this browser; an app's error goes back to it, if its redirect_uri is valid.

    Professionals continue at Pro Santé Connect, patients on our own pages.

    Raises:
        RedirectRefused: the app or its redirect_uri is not known. AuthorizationGone: it was not pushed.
    """
    until = ctx.now + timedelta(seconds=REQUEST_SECONDS)
    request_id, parameters, client = _received(ctx, request, until)
    client = check_redirect(client, parameters.redirect_uri)
    try:
        _check_parameters(ctx, parameters, client)
        sign_in_at = _sign_in_at(ctx, client, request_id, request.browser)
    except Refusal as refusal:
        return AuthorizationBegun(
            refusal=refusal.problem(), redirect_uri=parameters.redirect_uri, state=parameters.state
        )
    if not request.parameters.request_uri:
        ctx.database.repositories.put_authorization(request_id, parameters, token_hash(request.browser), until)
    return AuthorizationBegun(request_id=request_id, sign_in_at=sign_in_at)


@handles(Identity.show_authorization, access=_BEGINS, reading=True)
def show_authorization(ctx: IdentityContext, request: ShowAuthorization) -> ConsentRequest:
    """What the patient reads; raises AuthorizationGone."""
    repositories = ctx.database.repositories
    parameters = require_waiting(repositories.authorization(request.request_id, token_hash(request.browser), ctx.now))
    client = _requesting_app(ctx, parameters)
    scopes = check_request(parameters, client, _fhir(ctx))
    return ConsentRequest(
        client_id=client.client_id,
        name=client.name,
        publisher=client.publisher,
        purpose=client.purpose,
        redirect_uri=parameters.redirect_uri,
        sections=scopes.sections,
        identity=scopes.identity,
        offline=scopes.offline,
    )


@handles(Identity.decide_authorization, access=unjournalled(NoEntry.ASKED_SERVICE, NoQuestion.OWN))
def decide_authorization(ctx: IdentityContext, request: DecideAuthorization) -> AuthorizationResponse:
    """The patient's answer: a code for the app, once consent has stored the grant; or no code, where they refused.

    Raises:
        TokenInvalid: the patient's session has ended. AuthorizationGone: expired, answered, another browser's;
            RedirectRefused: the app is suspended meanwhile.
        Refusal: consent's, where the patient does not represent whom they answer for.
    """
    repositories = ctx.database.repositories
    check_session(ctx)
    parameters = require_waiting(
        repositories.take_authorization(request.request_id, token_hash(request.browser), ctx.now)
    )
    client = _requesting_app(ctx, parameters)
    scopes = granted(check_request(parameters, client, _fhir(ctx)), request)
    if scopes is None:
        return AuthorizationResponse(redirect_uri=parameters.redirect_uri, state=parameters.state)
    giver = caller_id(ctx)
    patient_id = request.patient_id or giver
    ctx.remote(Consent.grant_app, GrantApp(patient_id=patient_id, app=client.client_id, sections=scopes.sections))
    code = new_opaque()
    grant = _new_grant(parameters, patient_id, scopes, ctx.now)
    if patient_id != giver:
        grant = replace(grant, representative=giver)
    repositories.put_grant(grant, token_hash(code))
    return AuthorizationResponse(redirect_uri=parameters.redirect_uri, state=parameters.state, code=code)


def _received(
    ctx: IdentityContext, request: BeginAuthorization, until: datetime
) -> tuple[UUID, AuthorizationParameters, Client | None]:
    """The parameters a browser brings, or those pushed before, which belong to this browser from now on."""
    parameters = request.parameters
    with ctx.database.separate_transaction() as repositories:
        client = known_client(ctx, repositories, parameters.client_id)
        if not parameters.request_uri:
            return uuid4(), parameters, client
        request_id = _pushed_id(parameters.request_uri)
        browser = token_hash(request.browser)
        pushed = repositories.take_pushed(request_id, parameters.client_id, browser, now=ctx.now, expires_at=until)
    return request_id, require_waiting(pushed), client


def _requesting_app(ctx: IdentityContext, parameters: AuthorizationParameters) -> Client:
    """The app that requests; raises AuthorizationGone where it is a software, which no patient answers."""
    client = check_redirect(ctx.database.repositories.client(parameters.client_id), parameters.redirect_uri)
    if client.kind not in APPS:
        raise AuthorizationGone
    return client


def _check_parameters(ctx: IdentityContext, parameters: AuthorizationParameters, client: Client) -> None:
    if client.kind is ClientKind.SOFTWARE:
        check_form(parameters, _fhir(ctx))
    else:
        check_request(parameters, client, _fhir(ctx))


def _sign_in_at(ctx: IdentityContext, client: Client, request_id: UUID, browser: str) -> str:
    """Where a professional's browser continues; empty for a patient's."""
    if client.kind is not ClientKind.SOFTWARE:
        return ""
    return ctx.pro_sante_connect.address(request_id, browser)


def _new_grant(parameters: AuthorizationParameters, patient_id: PatientId, scopes: Scopes, now: datetime) -> Grant:
    return Grant(
        grant_id=uuid4(),
        client_id=parameters.client_id,
        patient_id=patient_id,
        scopes=write_scopes(scopes),
        redirect_uri=parameters.redirect_uri,
        challenge=parameters.code_challenge,
        nonce=parameters.nonce,
        started_at=now,
        code_until=now + CODE_LIFE,
    )


def _pushed_id(request_uri: str) -> UUID:
    try:
        return UUID(request_uri.removeprefix(REQUEST_URI))
    except ValueError:
        raise AuthorizationGone from None


def _fhir(ctx: IdentityContext) -> str:
    return f"{ctx.tools.public_url}/fhir"
