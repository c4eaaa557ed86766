"""Cookies of the platform's own pages, and the check that a form was sent by one of them."""

from typing import Any, Literal

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

SameSite = Literal["lax", "strict"]


def is_own_form(connection: ASGIConnection[Any, Any, Any, Any], public_url: str) -> bool:
    """Whether a request that changes something comes from a page of ours: browsers state its Origin (CSRF)."""
    return connection.headers.get("origin", "") == public_url


def cookie_name(public_url: str, name: str) -> str:
    """With the prefix `__Host-`, browsers accept the cookie only from this host, over TLS.

    Under an http address, which is one of development, there is none: not every client sends a Secure cookie there.
    """
    return f"__Host-{name}" if _is_secure(public_url) else name


def host_cookie(public_url: str, name: str, value: str, *, same_site: SameSite, seconds: int | None = None) -> Cookie:
    """A cookie that no script reads; without `seconds` it ends with the browser, with 0 it is deleted."""
    return Cookie(
        key=cookie_name(public_url, name),
        value=value,
        path="/",
        httponly=True,
        secure=_is_secure(public_url),
        samesite=same_site,
        max_age=seconds,
    )


def _is_secure(public_url: str) -> bool:
    return public_url.startswith("https:")
