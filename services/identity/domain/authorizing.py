"""What an app may request of a patient, and what of it the patient grants (OAuth 2.1, RFC 7636, SMART 2.2)."""

import re

from contracts.errors.request import (
    AuthorizationGone,
    InteractionRequired,
    InvalidRequest,
    RedirectRefused,
    ResponseTypeUnsupported,
    ScopeRefused,
)
from contracts.identity.apps import Client
from contracts.identity.oauth import AuthorizationParameters, DecideAuthorization
from contracts.scopes import Scopes, read_scopes

REQUEST_SECONDS = 600
"""Time to log in and consent."""
PUSHED_SECONDS = 90
"""Between pushing a request and presenting its request_uri."""
REQUEST_URI = "urn:ietf:params:oauth:request_uri:"

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""A SHA-256 in base64url."""
_LONGEST = 1_000
_LOOPBACK = re.compile(r"(?P<host>http://(?:127\.0\.0\.1|\[::1\]))(?::(?P<port>[0-9]{1,5}))?(?P<rest>(?:[/?].*)?)")
_HIGHEST_PORT = 65_535
_MODES = frozenset({"", "query"})


def require_waiting(parameters: AuthorizationParameters | None) -> AuthorizationParameters:
    """The parameters of a request that was looked up; raises AuthorizationGone where none waits for this browser."""
    if parameters is None:
        raise AuthorizationGone
    return parameters


def check_redirect(client: Client | None, redirect_uri: str) -> Client:
    """The client, if it is known, not suspended, and registered with this redirect_uri.

    It is compared exactly, but for the port of a loopback address: what runs there gets it from its system when it
    starts (RFC 8252, 7.3). `localhost` is a name, and may resolve to another machine (8.3).

    Raises:
        RedirectRefused: then the browser is not redirected.
    """
    if client is None or client.suspended_at is not None or not _is_registered(client, redirect_uri):
        raise RedirectRefused
    return client


def _is_registered(client: Client, redirect_uri: str) -> bool:
    if redirect_uri in client.redirect_uris:
        return True
    portless = _without_port(redirect_uri)
    return portless is not None and portless in map(_without_port, client.redirect_uris)


def _without_port(redirect_uri: str) -> tuple[str, str] | None:
    """A loopback address before and behind its port; None for any other."""
    found = _LOOPBACK.fullmatch(redirect_uri)
    if found is None or (found["port"] and not 0 < int(found["port"]) <= _HIGHEST_PORT):
        return None
    return found["host"], found["rest"]


def check_request(parameters: AuthorizationParameters, client: Client, fhir: str) -> Scopes:
    """The scopes to show the patient: those requested, within those the client is registered for.

    Raises:
        ScopeRefused, and as `check_form`.
    """
    check_form(parameters, fhir)
    scopes = read_scopes(parameters.scope).within(read_scopes(client.scopes))
    if not (scopes.reads or scopes.openid):
        raise ScopeRefused
    return scopes


def check_form(parameters: AuthorizationParameters, fhir: str) -> None:
    """Check the parameters that every request has, whoever is to log in.

    Args:
        fhir: base URL of the FHIR API, which `aud` must name.

    Raises:
        ResponseTypeUnsupported, InvalidRequest, InteractionRequired.
    """
    if parameters.response_type != "code":
        raise ResponseTypeUnsupported
    for field, is_kept in (
        ("response_mode", parameters.response_mode in _MODES),
        ("code_challenge_method", parameters.code_challenge_method == "S256"),
        ("code_challenge", _CHALLENGE.fullmatch(parameters.code_challenge) is not None),
        ("aud", parameters.aud.rstrip("/") == fhir),
        ("state", len(parameters.state) <= _LONGEST),
        ("nonce", len(parameters.nonce) <= _LONGEST),
    ):
        if not is_kept:
            raise InvalidRequest(field=field)
    if "none" in parameters.prompt.split():
        raise InteractionRequired


def granted(requested: Scopes, answer: DecideAuthorization) -> Scopes | None:
    """The scopes the patient grants of those requested; None where that is nothing."""
    if not answer.allowed:
        return None
    chosen = Scopes(
        sections=answer.sections,
        identity=answer.identity,
        offline=answer.offline,
        openid=True,
        fhir_user=answer.identity,
        launch=True,
        binaries=bool(answer.sections),
        lists=bool(answer.sections),
        identity_search=answer.identity,
    )
    given = requested.within(chosen)
    return given if given.reads or (given.openid and not requested.reads) else None
