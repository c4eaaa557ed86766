"""Messages about recovering an account, and about what opens it."""

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.identity.passkeys import PasskeySummary
from contracts.identity.people import Contact
from contracts.vocabulary import Channel, PatientId


class RecoverAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Recover an account with a forgotten password: the card, then a code to a verified address."""

    proof: str
    channel: Channel


class ReviewRecovery(msgspec.Struct, frozen=True, kw_only=True):
    """List what opens the account, with the code of a recovery, which stays good; it counts as a try."""

    attempt: str
    code: str


class InstalledApp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One installation of an app that the account's holder authorised.

    `patient_id`: whose record it reads, if the holder authorised it in another person's place.
    """

    grant: UUID
    app: str
    name: str
    since: datetime
    patient_id: PatientId | None = None


class MeansOfAccess(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What opens an account besides its password, or reads for it; no secrets.

    `contact`: where codes are sent. `authenticator`: since when there is an app; None: there is none.
    """

    contact: Contact
    passkeys: tuple[PasskeySummary, ...] = ()
    authenticator: datetime | None = None
    apps: tuple[InstalledApp, ...] = ()


class FinishRecovery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Set a new password with the code; what is not named to be kept is removed, and every session is ended.

    `keep_passkeys`: their ids. `keep_apps`: the ids of their grants.
    """

    attempt: str
    code: str
    password: str
    device: str = ""
    keep_passkeys: tuple[str, ...] = ()
    keep_authenticator: bool = False
    keep_apps: tuple[UUID, ...] = ()
    remember: bool = False
    """As in PresentCode."""
