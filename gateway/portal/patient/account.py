"""What protects an account, on one page: what to do first, then each means of access with its own page."""

import asyncio

from litestar import Response, get

from contracts.identity.api import Identity
from contracts.identity.logins import ShowAuthenticator, ShowContact
from contracts.identity.passkeys import ListPasskeys
from gateway.clients import ApiRequest
from gateway.portal.errors import PAGE_ROUTE
from gateway.portal.pages import render
from gateway.portal.patient.account_view import ACCOUNT, account_frame
from gateway.portal.routes import PATIENT_PAGE


@get(ACCOUNT, opt=PATIENT_PAGE, **PAGE_ROUTE)
async def show_account(request: ApiRequest) -> Response[bytes]:
    """Passkeys, authenticator app and addresses; sessions have a page of their own."""
    passkeys, authenticator, contact = await asyncio.gather(
        request.call(Identity.list_passkeys, ListPasskeys()),
        request.call(Identity.show_authenticator, ShowAuthenticator()),
        request.call(Identity.show_contact, ShowContact()),
    )
    return render(
        request,
        "patient/account",
        passkeys=passkeys.passkeys,
        authenticator=authenticator.since,
        contact=contact,
        **account_frame(request),
    )


ROUTES = [show_account]
