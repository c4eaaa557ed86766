"""How a receipt of the documents service is opened, of a CDA or of a file without a header."""

from typing import Any

from chassis.units import RequestContext
from contracts.documents import FILE_RECEIPT_KIND, RECEIPT_KIND, Arrival, FileReceipt, Receipt
from contracts.errors import TokenInvalid

_KINDS: tuple[tuple[str, type[Arrival]], ...] = ((RECEIPT_KIND, Receipt), (FILE_RECEIPT_KIND, FileReceipt))


def open_receipt(call: RequestContext[Any], signed: str) -> Arrival:
    """What has arrived, by the word of documents.

    Raises:
        TokenInvalid: not a receipt of documents.
    """
    now = call.now.timestamp()
    for kind, body in _KINDS:
        try:
            return call.keyring.open(signed, kind=kind, issuer="documents", body=body, now=now, once=True)
        except TokenInvalid:
            continue
    raise TokenInvalid
