"""Pages for anybody: how the journal is verified, help, and how accessible the pages are."""

import asyncio
from typing import Any

from litestar import Response, get

from contracts.audit import Audit, GetLatestHead, GetVerifierKey
from contracts.errors.base import Refusal
from gateway.clients import ApiRequest
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.pages import render
from gateway.portal.routes import PUBLIC_PAGE


@get("/verifier-le-journal", opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_verification(request: ApiRequest) -> Response[bytes]:
    """The newest head and the key, where audit answers, and what to do with them."""
    head = asyncio.create_task(_head(request))
    key = asyncio.create_task(_key(request))
    await asyncio.wait((head, key))
    return _page(
        request, "journal", head=head.result(), key=key.result(), address=request.clients.settings.public_url
    )


@get("/aide", opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_help(request: ApiRequest) -> Response[bytes]:
    """What people ask first."""
    return _page(request, "help")


@get("/accessibilite", opt=PUBLIC_PAGE, **PAGE_ROUTE)
async def show_accessibility(request: ApiRequest) -> Response[bytes]:
    """What was tested, and what was not."""
    return _page(request, "accessibility")


def _page(request: ApiRequest, template: str, **values: Any) -> Response[bytes]:
    return render(request, f"public/{template}", **values)


async def _head(request: ApiRequest) -> str:
    """The signed note; empty where there is none yet, or audit does not answer."""
    try:
        return (await request.call(Audit.latest_head, GetLatestHead())).note
    except Refusal:
        return ""


async def _key(request: ApiRequest) -> str:
    try:
        return (await request.call(Audit.key_of_heads, GetVerifierKey())).key
    except Refusal:
        return ""


PUBLIC_ROUTES = [show_verification, show_help, show_accessibility]
