"""Messages about links by which a caller's software opens the platform's own pages in a browser."""

from uuid import UUID

import msgspec

from contracts.vocabulary import PatientId


class CreateRecordLink(msgspec.Struct, frozen=True, kw_only=True):
    """Make a link to a record for the browser of the calling professional, who logs in there too."""

    patient_id: PatientId


class CreateLoginLink(msgspec.Struct, frozen=True, kw_only=True):
    """Make a link that continues the session of the calling agent in their browser."""


class BrowserLink(msgspec.Struct, frozen=True, kw_only=True):
    """A code of one use, of which identity keeps a hash, and its validity in seconds."""

    code: str
    expires_in: int


class FollowRecordLink(msgspec.Struct, frozen=True, kw_only=True):
    """A browser has arrived with a code; `browser`: its secret, to which the link belongs from now on."""

    code: str
    browser: str


class RecordLinkFollowed(msgspec.Struct, frozen=True, kw_only=True):
    """By which id the link goes on in this browser; also where there is none, which only its professional learns."""

    link_id: UUID


class OpenRecordLink(msgspec.Struct, frozen=True, kw_only=True):
    """The professional is logged in in the browser that followed the link."""

    link_id: UUID
    browser: str


class LinkedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The record that the link is about."""

    patient_id: PatientId


class FollowLoginLink(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Log in with an agent's code; `replaces`: as in OpenBrowserSession."""

    code: str
    replaces: str = ""


class PageLink(msgspec.Struct, frozen=True, kw_only=True):
    """What software is answered: the address to open, once, and for how many seconds it may be."""

    url: str
    expires_in: int
