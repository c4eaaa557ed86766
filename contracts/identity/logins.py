"""Messages about patients' accounts, logins, and sessions."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.identity.recovery import MeansOfAccess
from contracts.vocabulary import Channel, PatientId, Role


class ActivateAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Begin a patient's account: the card proves the identity, a code will prove the contact.

    `mobile`: E.164. `channel`: where the first code is sent.
    """

    proof: str
    identifier: str
    password: str
    email: str
    mobile: str
    channel: Channel


class StartLogin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Begin a login; the reply is the same whether or not identifier and password are right.

    `send`: send a code by `channel`; else the second step takes a code of the authenticator app.
    """

    identifier: str
    password: str
    channel: Channel
    send: bool = True
    origin: str = ""
    """Network address, set by the gateway and never taken from the client."""
    device_token: str = ""
    """Of a known device (`remember`), which others' failures do not delay."""


class BeginAuthenticator(msgspec.Struct, frozen=True, kw_only=True):
    """Begin to add an authenticator app to the caller's account."""


class AuthenticatorSecret(msgspec.Struct, frozen=True, kw_only=True):
    """The app's secret in base32 and as an otpauth URI for a QR code; returned once."""

    secret: str
    uri: str


class ConfirmAuthenticator(msgspec.Struct, frozen=True, kw_only=True):
    """Confirm the authenticator app with its first code."""

    code: str


class RemoveAuthenticator(msgspec.Struct, frozen=True, kw_only=True):
    """Remove the authenticator app from the caller's account."""


class ShowAuthenticator(msgspec.Struct, frozen=True, kw_only=True):
    """Get whether the caller's account has an authenticator app."""


class AuthenticatorStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Since when the account has an authenticator app; None: it has none."""

    since: datetime | None = None


class CodeSent(msgspec.Struct, frozen=True, kw_only=True):
    """The attempt that the code belongs to, and its validity in seconds."""

    attempt: str
    expires_in: int


class PresentCode(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Submit the one-time code of an attempt."""

    attempt: str
    code: str
    device: str = ""
    """Browser and system, set by the gateway."""
    origin: str = ""
    """As in StartLogin."""
    remember: bool = False
    """Return a token by which this device is known at later logins."""
    letter: str = ""
    """The code of the letter, at the first login of an account that waits for it."""


class LoginMethod(StrEnum):
    """How a session was authenticated."""

    CODE = "code"
    """Password, and a code that was sent."""
    AUTHENTICATOR = "authenticator"
    """Password, and a code of the authenticator app."""
    CARTE_VITALE = "carte_vitale"
    """Card and code, at activation."""
    PASSKEY = "passkey"
    """A device's key, unlocked by its owner."""
    CPS = "cps"
    PRO_SANTE_CONNECT = "pro_sante_connect"
    ORGANISATION = "organisation"
    """An organisation's assertion for its agent."""
    CLIENT_KEY = "client_key"
    """A back end's own key."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session that has not ended; `device`: browser and system, or the number of a business software."""

    session_id: UUID
    means: LoginMethod
    device: str
    started_at: datetime
    until: datetime


class ListSessions(msgspec.Struct, frozen=True, kw_only=True):
    """List the caller's sessions."""


class KnownDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device from which its holder logged in and asked to be known; `device`: browser and system."""

    device_id: UUID
    device: str
    since: datetime
    used_at: datetime


class Sessions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Sessions, newest first; `current`: the one that made the request. `devices`: a patient's known ones."""

    sessions: tuple[Session, ...]
    current: str
    devices: tuple[KnownDevice, ...] = ()


class EndSessions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """End one of the caller's sessions; None: all except the current one, and forget every known device.

    `device_id`: end no session, forget this device.
    """

    session_id: UUID | None = None
    device_id: UUID | None = None


class LockAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Lock a patient's account and end its sessions, or unlock it and reset its waiting times."""

    patient_id: PatientId
    locked: bool


class AccountLock(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Since when the account is locked; None: it is not."""

    patient_id: PatientId
    locked_at: datetime | None = None


class ConfirmInPerson(msgspec.Struct, frozen=True, kw_only=True):
    """An agent has verified, face to face, that the holder of a pending account is who its card states."""

    patient_id: PatientId


class AccountConfirmed(msgspec.Struct, frozen=True, kw_only=True):
    """The account opens from now on."""

    patient_id: PatientId


class EndUserSessions(msgspec.Struct, frozen=True, kw_only=True):
    """End every session of a person, by RPPS number or patient id."""

    role: Role
    subject: str


class SessionsEnded(msgspec.Struct, frozen=True, kw_only=True):
    """How many sessions were ended; every process refuses them within five seconds."""

    count: int


class ListEndedSessions(msgspec.Struct, frozen=True, kw_only=True):
    """List the sessions that were ended in the last `seconds`."""

    seconds: int


class EndedSession(msgspec.Struct, frozen=True, kw_only=True):
    """An ended session; `until`: when its last token would have expired."""

    session: str
    until: datetime


class EndedSessions(msgspec.Struct, frozen=True, kw_only=True):
    """All of them."""

    sessions: tuple[EndedSession, ...]


class ChangePassword(msgspec.Struct, frozen=True, kw_only=True):
    """Change the password; needs the current one and a recent login."""

    current: str
    password: str


class PasswordChanged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`ended`: how many other sessions were ended. `means`: what still opens the account, for its holder to check."""

    ended: int
    means: MeansOfAccess | None = None


class ShowContact(msgspec.Struct, frozen=True, kw_only=True):
    """Get the caller's addresses."""


class ChangeContact(msgspec.Struct, frozen=True, kw_only=True):
    """Change the address of one channel; a code is sent to the new one first."""

    channel: Channel
    address: str
