"""What a page shows, as records signed it for its reader."""

from chassis.tokens import Keyring
from contracts.envelope import Actor
from contracts.errors.request import InvalidRequest, TokenInvalid
from contracts.records.pages import PAGE_ISSUER, PAGE_KIND, ComparePage, PageShown


def page_of(keyring: Keyring, request: ComparePage, actor: Actor, *, now: float) -> PageShown:
    """The page that a request compares; `now`: Unix time.

    Raises:
        InvalidRequest: it was read by somebody else, is of another record, too old, or not signed by records.
    """
    try:
        page = keyring.open(request.page, kind=PAGE_KIND, issuer=PAGE_ISSUER, body=PageShown, now=now)
    except TokenInvalid:
        raise InvalidRequest(field="page") from None
    if (page.role, page.reader, page.patient_id) != (actor.role, actor.subject, request.patient_id):
        raise InvalidRequest(field="page")
    return page
