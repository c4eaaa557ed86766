"""Opening the receipts of the documents service: of a CDA, or of a file without a header."""

from contracts.documents import FILE_RECEIPT_KIND, RECEIPT_KIND, Arrival, FileReceipt, Receipt
from contracts.errors.request import TokenInvalid
from services.records.context import RecordsContext

_KINDS: tuple[tuple[str, type[Arrival]], ...] = ((RECEIPT_KIND, Receipt), (FILE_RECEIPT_KIND, FileReceipt))


def open_receipt(ctx: RecordsContext, signed: str) -> Arrival:
    """What has arrived, according to the documents service.

    Raises:
        TokenInvalid: not a receipt of the documents service.
    """
    now = ctx.now.timestamp()
    for kind, body in _KINDS:
        try:
            return ctx.keyring.open(signed, kind=kind, issuer="documents", body=body, now=now, once=True)
        except TokenInvalid:
            continue
    raise TokenInvalid
