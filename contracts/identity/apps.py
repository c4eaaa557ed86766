"""Partner apps and back ends as the operator registers them."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.vocabulary import SoftwareProfile


class ClientKind(StrEnum):
    """How a client proves who it is."""

    PUBLIC = "public"
    """It cannot keep a secret: an app in a browser or on a telephone."""
    CONFIDENTIAL = "confidential"
    """It signs with a key of its own (private_key_jwt), and acts for the patients who let it."""
    ORGANISATION = "organisation"
    """A CPAM or an establishment: it signs with a key of its own for each of its agents."""
    SOFTWARE = "software"
    """Homologated business software that brings professionals by way of Pro Santé Connect, with a key or without."""
    FEEDER = "feeder"
    """A back end that signs with a key of its own and brings reimbursement history for nobody in particular."""


APPS = frozenset({ClientKind.PUBLIC, ClientKind.CONFIDENTIAL})
"""What patients let read."""


class RegisterClient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A client of the authorization server; one that is registered already gets the new terms.

    `name`, `publisher`, `purpose`: what the patient reads before consenting. `redirect_uris`: compared letter by
    letter. `scopes`: the most it may ever ask for. `keys`: JWKS, as JSON, of those that sign. `software`: number of
    the homologated software it is.
    """

    client_id: str
    name: str
    publisher: str
    purpose: str
    kind: ClientKind
    redirect_uris: tuple[str, ...] = ()
    scopes: str = ""
    keys: str = ""
    software: str = ""


class Client(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A registered client; `suspended_at`: since when it is shut out."""

    client_id: str
    name: str
    publisher: str
    purpose: str
    kind: ClientKind
    redirect_uris: tuple[str, ...] = ()
    scopes: str = ""
    keys: str = ""
    software: str = ""
    suspended_at: datetime | None = None


class ListClients(msgspec.Struct, frozen=True, kw_only=True):
    """Which clients are registered?"""


class Clients(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, by name."""

    clients: tuple[Client, ...]


class ListSoftware(msgspec.Struct, frozen=True, kw_only=True):
    """Which business software is homologated?"""


class Software(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A homologated software; `suspended_at`: since when it is shut out.

    `quota`: requests a minute that each structure may make with it, 0 where they are not counted.
    """

    number: str
    name: str
    profile: SoftwareProfile
    quota: int = 0
    suspended_at: datetime | None = None


class SoftwareList(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, by number."""

    software: tuple[Software, ...]


class SuspendSoftware(msgspec.Struct, frozen=True, kw_only=True):
    """Shut a software out, or let it in again; who works with it is refused within five seconds."""

    number: str
    suspended: bool


class SetQuota(msgspec.Struct, frozen=True, kw_only=True):
    """How many requests a minute each structure may make with a software, 0: as many as it likes.

    Tokens given from now on say so.
    """

    number: str
    quota: int


class SuspendClient(msgspec.Struct, frozen=True, kw_only=True):
    """Shut a client out, or let it in again; its tokens are refused everywhere within five seconds."""

    client_id: str
    suspended: bool
