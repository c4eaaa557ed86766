"""Registered clients (partner apps, back ends) and business software, as the operator manages them."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.vocabulary import SoftwareProfile


class ClientKind(StrEnum):
    """How a client authenticates."""

    PUBLIC = "public"
    """It cannot keep a secret: an app in a browser or on a phone."""
    CONFIDENTIAL = "confidential"
    """It signs with its own key (private_key_jwt) and acts for the patients who authorised it."""
    ORGANISATION = "organisation"
    """A CPAM or an establishment: it signs with its own key for each of its agents."""
    SOFTWARE = "software"
    """Homologated business software that logs professionals in by Pro Santé Connect, with or without a key."""
    FEEDER = "feeder"
    """A back end that signs with its own key and writes reimbursement history."""


APPS = frozenset({ClientKind.PUBLIC, ClientKind.CONFIDENTIAL})
"""Kinds that patients may authorise to read."""


class RegisterClient(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Register a client of the authorization server, or change a registered one.

    `name`, `publisher`, `purpose`: shown on the consent page. `redirect_uris`: compared exactly, but for the port of
    a loopback address. `scopes`: the most it may request. `keys`: JWKS as JSON. `software`: homologation number.
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
    """A registered client; `suspended_at` None: it is active."""

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
    """List all registered clients."""


class Clients(msgspec.Struct, frozen=True, kw_only=True):
    """All clients, by name."""

    clients: tuple[Client, ...]


class NameApps(msgspec.Struct, frozen=True, kw_only=True):
    """Get what the consent page says of apps, by their ids; at most 100."""

    apps: tuple[str, ...]


class NamedApp(msgspec.Struct, frozen=True, kw_only=True):
    """An app that patients may authorise, as its registration names it."""

    app: str
    name: str
    publisher: str
    purpose: str


class NamedApps(msgspec.Struct, frozen=True, kw_only=True):
    """Those that are registered."""

    apps: tuple[NamedApp, ...]


class ListSoftware(msgspec.Struct, frozen=True, kw_only=True):
    """List all homologated business software."""


class Software(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Homologated business software; `suspended_at` None: it is active.

    `quota`: requests a minute that each structure may make with it, 0: unlimited.
    """

    number: str
    name: str
    profile: SoftwareProfile
    quota: int = 0
    suspended_at: datetime | None = None


class SoftwareList(msgspec.Struct, frozen=True, kw_only=True):
    """All software, by number."""

    software: tuple[Software, ...]


class SuspendSoftware(msgspec.Struct, frozen=True, kw_only=True):
    """Suspend or resume a software; its users are refused within five seconds."""

    number: str
    suspended: bool


class SetQuota(msgspec.Struct, frozen=True, kw_only=True):
    """Set the requests a minute that each structure may make with a software; 0: unlimited.

    It applies to tokens issued from now on.
    """

    number: str
    quota: int


class SuspendClient(msgspec.Struct, frozen=True, kw_only=True):
    """Suspend or resume a client; its tokens are refused everywhere within five seconds."""

    client_id: str
    suspended: bool
