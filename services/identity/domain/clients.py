"""What may be registered as a client of the authorization server."""

import re
from urllib.parse import urlsplit

from contracts.errors.request import InvalidRequest
from contracts.identity.apps import APPS, Client, ClientKind, RegisterClient
from contracts.identity.browser_sessions import PORTAL_CLIENT, PORTAL_RETURN_PATH
from contracts.scopes import read_scopes

_CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9.-]{2,63}")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_OWN_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+")
"""Of an app on a phone: a reversed domain name (RFC 8252), which no well-known scheme looks like."""
_LONGEST_TEXT, _LONGEST_URI, _MOST_URIS = 300, 500, 10


def portal_client(software: str, public_url: str) -> Client | None:
    """The platform's own pages as a client, which a setting makes known; None where no software is named for them."""
    if not software:
        return None
    return Client(
        client_id=PORTAL_CLIENT,
        name="Carnet",
        publisher="Carnet",
        purpose="Carnet",
        kind=ClientKind.SOFTWARE,
        redirect_uris=(f"{public_url}{PORTAL_RETURN_PATH}",),
        software=software,
    )


def check_registration(request: RegisterClient) -> None:
    """Raises InvalidRequest, naming the field."""
    is_app, is_software = request.kind in APPS, request.kind is ClientKind.SOFTWARE
    rules = (
        ("client_id", _CLIENT_ID.fullmatch(request.client_id) is not None and request.client_id != PORTAL_CLIENT),
        *((field, _is_text(getattr(request, field))) for field in ("name", "publisher", "purpose")),
        (
            "redirect_uris",
            len(request.redirect_uris) <= _MOST_URIS and bool(request.redirect_uris) is (is_app or is_software),
        ),
        ("redirect_uris", all(map(is_redirect, request.redirect_uris))),
        ("scopes", (read_scopes(request.scopes).reads or read_scopes(request.scopes).openid) is is_app),
        ("keys", is_software or bool(request.keys) is (request.kind is not ClientKind.PUBLIC)),
        ("software", bool(request.software) is is_software),
    )
    for field, is_kept in rules:
        if not is_kept:
            raise InvalidRequest(field=field)


def is_redirect(uri: str) -> bool:
    """Whether it may be registered as redirect URI: https, loopback or an app's own scheme, without a fragment."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        return False
    if len(uri) > _LONGEST_URI or "#" in uri or any(letter.isspace() or not letter.isprintable() for letter in uri):
        return False
    if parts.scheme == "https":
        return bool(host) and parts.username is None
    if parts.scheme == "http":
        return host in _LOOPBACK and parts.username is None
    return _OWN_SCHEME.fullmatch(parts.scheme) is not None


def _is_text(text: str) -> bool:
    return bool(text.strip()) and len(text) <= _LONGEST_TEXT
