"""What an app may ask a patient for, and what of it the patient gives (OAuth 2.1, RFC 7636, SMART 2.2)."""

import re

from contracts.errors import (
    AuthorizationGone,
    InteractionRequired,
    InvalidRequest,
    RedirectRefused,
    ResponseTypeUnsupported,
    ScopeRefused,
)
from contracts.identity import AuthorizationParameters, Client, DecideAuthorization
from contracts.scopes import Scopes, read_scopes

REQUEST_SECONDS = 600
"""For logging in and consenting."""
PUSHED_SECONDS = 90
"""Between pushing a request and coming with it."""
REQUEST_URI = "urn:ietf:params:oauth:request_uri:"

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""A SHA-256 in base64url."""
_LONGEST = 1_000
_MODES = frozenset({"", "query"})


def found_request(asked: AuthorizationParameters | None) -> AuthorizationParameters:
    """A request that was looked for; raises AuthorizationGone where it waits no more, or is another browser's."""
    if asked is None:
        raise AuthorizationGone
    return asked


def check_redirect(client: Client | None, redirect_uri: str) -> Client:
    """The client, if it is one and this is, letter by letter, an address of its own.

    Raises:
        RedirectRefused: then nobody is sent anywhere.
    """
    if client is None or client.suspended_at is not None or redirect_uri not in client.redirect_uris:
        raise RedirectRefused
    return client


def check_request(asked: AuthorizationParameters, client: Client, fhir: str) -> Scopes:
    """What may be put before the patient: what was asked for, within what the client is registered for.

    Raises:
        ScopeRefused, and as `check_form`.
    """
    check_form(asked, fhir)
    scopes = read_scopes(asked.scope).within(read_scopes(client.scopes))
    if not (scopes.reads or scopes.openid):
        raise ScopeRefused
    return scopes


def check_form(asked: AuthorizationParameters, fhir: str) -> None:
    """What every request has to say, whoever is to sign in.

    Args:
        fhir: address of the FHIR door, which the request must be meant for.

    Raises:
        ResponseTypeUnsupported, InvalidRequest, InteractionRequired.
    """
    if asked.response_type != "code":
        raise ResponseTypeUnsupported
    for field, is_kept in (
        ("response_mode", asked.response_mode in _MODES),
        ("code_challenge_method", asked.code_challenge_method == "S256"),
        ("code_challenge", _CHALLENGE.fullmatch(asked.code_challenge) is not None),
        ("aud", asked.aud.rstrip("/") == fhir),
        ("state", len(asked.state) <= _LONGEST),
        ("nonce", len(asked.nonce) <= _LONGEST),
    ):
        if not is_kept:
            raise InvalidRequest(field=field)
    if "none" in asked.prompt.split():
        raise InteractionRequired


def granted(asked: Scopes, answer: DecideAuthorization) -> Scopes | None:
    """What the patient gives of what was asked for; None where that is nothing."""
    if not answer.allowed:
        return None
    chosen = Scopes(
        sections=answer.sections,
        identity=answer.identity,
        offline=answer.offline,
        openid=True,
        fhir_user=answer.identity,
        launch=True,
    )
    given = asked.within(chosen)
    return given if given.reads or (given.openid and not asked.reads) else None
