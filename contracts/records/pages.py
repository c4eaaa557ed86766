"""Messages about pages that show what was read: whether they are out of date."""

from datetime import datetime

import msgspec

from contracts.vocabulary import AccessMode, DocumentId, PatientId, Role, Section

PAGE_KIND = "carnet-page+jwt"
PAGE_ISSUER = "records"
PAGES_ARE_FOR = ("audit", "records")
PAGE_SECONDS = 4 * 3600
"""As long as a browser stays logged in."""


class PageShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Signed by records with a list of documents: what the page shows, and to whom.

    `limits`: digest of those of the Permit. `at`: when it was read. The other fields are those of the request.
    """

    role: Role
    reader: str
    patient_id: PatientId
    documents: tuple[DocumentId, ...]
    limits: str
    at: datetime
    mode: AccessMode = AccessMode.NORMAL
    secret: bool = False
    section: Section | None = None
    superseded: bool = False
    archived: bool = False


class ComparePage(msgspec.Struct, frozen=True, kw_only=True):
    """Ask whether a page would still show the same; `page`: a PageShown as JWS compact, of the caller's own reading.

    Nothing is read, and nothing is journalled: the reading of the page was.
    """

    patient_id: PatientId
    page: str


class PageComparison(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the caller would learn by reading again.

    `gone`: something shown is no longer to be shown. `new`: there is something else. `ids`: all ids of the holder.
    """

    gone: bool = False
    new: bool = False
    ids: tuple[PatientId, ...] = ()


class JournalComparison(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether the journal has lines of others that are younger than the page, and shown to the caller."""

    new: bool = False
