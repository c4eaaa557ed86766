"""Tickets of records, as the handlers of the data plane take them."""

from typing import TypeVar

from contracts.documents import TICKET_KIND, ClinicalDataTicket, DownloadTicket, UploadTicket
from contracts.errors.execution import TicketInvalid
from contracts.errors.request import TokenInvalid
from services.documents.context import DocumentsContext

_ISSUER = "records"

T = TypeVar("T", UploadTicket, DownloadTicket, ClinicalDataTicket)


def opened_ticket(ctx: DocumentsContext, token: str, kind: type[T]) -> T:
    """What the ticket allows.

    Raises:
        TicketInvalid: whatever is wrong with it.
    """
    try:
        return ctx.keyring.open(
            token, kind=TICKET_KIND, issuer=_ISSUER, body=kind, now=ctx.now.timestamp(), once=True
        )
    except TokenInvalid:
        raise TicketInvalid from None
