"""Clinical data of many contents at once, kept from one reading to the next."""

from collections.abc import Iterator, Sequence

import msgspec

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import transfers
from contracts.documents import ClinicalDataTicket, ReadClinicalData
from contracts.errors.execution import TicketInvalid
from services.documents.clinical_data import facts_of
from services.documents.context import DocumentsContext
from services.documents.data_plane import (
    ClinicalDataRequest,
    answer_clinical_data,
    answer_refusal,
    read_clinical_data_request,
)
from services.documents.domain import StoredContent
from services.documents.rendering.edition import reading_edition
from services.documents.tickets import opened_ticket

_MOST = 50
_UNREAD = b"null"


@transfers(
    "GET",
    "/clinical-data",
    access=unjournalled(NoEntry.TICKET, NoQuestion.TICKET),
    read=read_clinical_data_request,
    answer=answer_clinical_data,
    refused=answer_refusal,
)
def read_clinical_data(ctx: DocumentsContext, request: ClinicalDataRequest) -> Iterator[bytes]:
    """A line for each content of the ticket, in its order, sent as soon as it is read.

    Raises:
        TicketInvalid, DocumentNotFound. ContentDamaged, ServiceUnavailable: while iterating, too.
    """
    ticket = opened_ticket(ctx, request.ticket, ClinicalDataTicket)
    requested = list(zip(ticket.owners, ticket.contents, strict=False))
    if not 0 < len(requested) <= _MOST:
        raise TicketInvalid
    found = ctx.contents.spend_and_read_all(ticket.id, ticket.patient_id, requested, reading_edition())
    return _lines(ctx, found)


def _lines(ctx: DocumentsContext, found: Sequence[tuple[StoredContent, bytes | None]]) -> Iterator[bytes]:
    for content, kept in found:
        facts = facts_of(ctx, content, kept)
        line = ReadClinicalData(content_id=content.content_id, facts=msgspec.Raw(facts or _UNREAD))
        yield msgspec.json.encode(line) + b"\n"
