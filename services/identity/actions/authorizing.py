"""An app asks, a patient answers: from the request a browser comes with to the code it goes back with."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from chassis.opaque import new_opaque, sealed
from contracts.consent import Done, GrantApp
from contracts.envelope import Actor
from contracts.errors import AuthorizationGone, Refusal
from contracts.identity import (
    AuthorizationAnswered,
    AuthorizationBegun,
    AuthorizationParameters,
    AuthorizationPushed,
    BeginAuthorization,
    ConsentAsked,
    DecideAuthorization,
    PushAuthorization,
    ShowAuthorization,
)
from contracts.scopes import Scopes, write_scopes
from contracts.vocabulary import PatientId
from services.identity.actions.clients import proven_client
from services.identity.actions.desk import Desk
from services.identity.domain.authorizing import (
    PUSHED_SECONDS,
    REQUEST_SECONDS,
    REQUEST_URI,
    check_redirect,
    check_request,
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
    check_request(asked, client, _fhir(desk))
    request_id = uuid4()
    cellar.store.put_authorization(request_id, asked, None, now + timedelta(seconds=PUSHED_SECONDS))
    return AuthorizationPushed(request_uri=f"{REQUEST_URI}{request_id}", expires_in=PUSHED_SECONDS)


def begin_authorization(
    message: BeginAuthorization, *, now: datetime, store: IdentityStore, desk: Desk
) -> AuthorizationBegun:
    """A request that is now this browser's; what an app got wrong goes back to it, if it is known where to.

    Raises:
        RedirectRefused: the app, or where to go back to, is not known. AuthorizationGone: it was not pushed.
    """
    asked, browser = message.parameters, sealed(message.browser)
    until = now + timedelta(seconds=REQUEST_SECONDS)
    if asked.request_uri:
        request_id = _pushed_id(asked.request_uri)
        taken = store.take_pushed(request_id, asked.client_id, browser, now=now, expires_at=until)
        if taken is None:
            raise AuthorizationGone
        return AuthorizationBegun(request_id=request_id)
    client = check_redirect(store.client(asked.client_id), asked.redirect_uri)
    try:
        check_request(asked, client, _fhir(desk))
    except Refusal as refusal:
        return AuthorizationBegun(refusal=refusal.problem(), redirect_uri=asked.redirect_uri, state=asked.state)
    request_id = uuid4()
    store.put_authorization(request_id, asked, browser, until)
    return AuthorizationBegun(request_id=request_id)


def show_authorization(
    message: ShowAuthorization, *, now: datetime, store: IdentityStore, desk: Desk
) -> ConsentAsked:
    """What the patient reads; raises AuthorizationGone."""
    asked = store.authorization(message.request_id, sealed(message.browser), now)
    if asked is None:
        raise AuthorizationGone
    client = check_redirect(store.client(asked.client_id), asked.redirect_uri)
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
    """
    asked = store.take_authorization(message.request_id, sealed(message.browser), now)
    if asked is None:
        raise AuthorizationGone
    client = check_redirect(store.client(asked.client_id), asked.redirect_uri)
    scopes = granted(check_request(asked, client, _fhir(desk)), message)
    if scopes is None:
        return AuthorizationAnswered(redirect_uri=asked.redirect_uri, state=asked.state)
    patient_id = PatientId(UUID(actor.subject))
    to_consent(GrantApp(patient_id=patient_id, app=client.client_id, sections=scopes.sections))
    code = new_opaque()
    store.put_grant(_new_grant(asked, patient_id, scopes, now), sealed(code))
    return AuthorizationAnswered(redirect_uri=asked.redirect_uri, state=asked.state, code=code)


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
