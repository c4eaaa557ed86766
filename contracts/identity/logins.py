"""How patients log in, and the sessions of whoever did."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.vocabulary import Channel, PatientId, Role


class ActivateAccount(msgspec.Struct, frozen=True, kw_only=True):
    """First step of a patient's account: the card proves who, a code proves the contact.

    `mobile` is E.164; `channel` says where the first code goes.
    """

    proof: str
    identifier: str
    password: str
    email: str
    mobile: str
    channel: Channel


class StartLogin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Identifier and password; the answer is the same whether or not they are right.

    `send`: a code by that channel; else the attempt is opened by a code of the authenticator app.
    """

    identifier: str
    password: str
    channel: Channel
    send: bool = True
    origin: str = ""
    """Address on the network, as the gateway sees it; never taken from who logs in."""


class BeginAuthenticator(msgspec.Struct, frozen=True, kw_only=True):
    """Add an authenticator app to the caller's account."""


class AuthenticatorOffered(msgspec.Struct, frozen=True, kw_only=True):
    """The app's secret in base32, and as the address a QR code holds; shown once."""

    secret: str
    uri: str


class ConfirmAuthenticator(msgspec.Struct, frozen=True, kw_only=True):
    """The first code of the app."""

    code: str


class RemoveAuthenticator(msgspec.Struct, frozen=True, kw_only=True):
    """Take the app off the caller's account."""


class ShowAuthenticator(msgspec.Struct, frozen=True, kw_only=True):
    """Has the caller an app?"""


class AuthenticatorStanding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Since when the app opens the account; None where there is none."""

    since: datetime | None = None


class CodeSent(msgspec.Struct, frozen=True, kw_only=True):
    """The attempt a code belongs to, and for how many seconds it is good."""

    attempt: str
    expires_in: int


class PresentCode(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The one-time code of an attempt (activation or login)."""

    attempt: str
    code: str
    device: str = ""
    """Browser and system, as the gateway reads them."""
    origin: str = ""
    """As in StartLogin."""


class Means(StrEnum):
    """By what somebody logged in."""

    CODE = "code"
    """Password, and a code that was sent."""
    AUTHENTICATOR = "authenticator"
    """Password, and a code of the authenticator app."""
    CARTE_VITALE = "carte_vitale"
    """Card and code, as the account was activated."""
    PASSKEY = "passkey"
    """A key of a device, unlocked by its owner."""
    CPS = "cps"
    PRO_SANTE_CONNECT = "pro_sante_connect"
    ORGANISATION = "organisation"
    """By the word of an organisation for its agent."""
    CLIENT_KEY = "client_key"
    """A back end's own key."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A login that lasts; `device`: browser and system, or the number of a business software."""

    session_id: UUID
    means: Means
    device: str
    started_at: datetime
    until: datetime


class ListSessions(msgspec.Struct, frozen=True, kw_only=True):
    """Where is the caller logged in?"""


class Sessions(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions that last, the newest first; `current` is the one that asks."""

    sessions: tuple[Session, ...]
    current: str


class EndSessions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """End one of the caller's sessions, or all but the one that asks."""

    session_id: UUID | None = None


class LockAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Lock a patient's account and end its sessions, or open it again and forget what had to be waited for."""

    patient_id: PatientId
    locked: bool


class AccountLock(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Since when it is locked; None: it is open."""

    patient_id: PatientId
    locked_at: datetime | None = None


class EndSessionsOf(msgspec.Struct, frozen=True, kw_only=True):
    """End every session of somebody: an RPPS, or a patient's id."""

    role: Role
    subject: str


class SessionsEnded(msgspec.Struct, frozen=True, kw_only=True):
    """How many were ended; every process knows it within five seconds."""

    count: int


class EndedSince(msgspec.Struct, frozen=True, kw_only=True):
    """Which sessions were ended in the last so many seconds?"""

    seconds: int


class EndedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session that was ended; its tokens would have lasted until then."""

    session: str
    until: datetime


class EndedSessions(msgspec.Struct, frozen=True, kw_only=True):
    """All of them."""

    sessions: tuple[EndedSession, ...]


class ChangePassword(msgspec.Struct, frozen=True, kw_only=True):
    """A new password, by who knows the one there is and has just logged in."""

    current: str
    password: str


class PasswordChanged(msgspec.Struct, frozen=True, kw_only=True):
    """It is changed; how many other sessions were ended with it."""

    ended: int


class ShowContact(msgspec.Struct, frozen=True, kw_only=True):
    """Where am I reached?"""


class ChangeContact(msgspec.Struct, frozen=True, kw_only=True):
    """A new address on one channel; a code goes there first."""

    channel: Channel
    address: str


class RecoverAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The password is forgotten: the card proves who, a code at a verified address proves the rest."""

    proof: str
    channel: Channel


class FinishRecovery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The code, and the new password."""

    attempt: str
    code: str
    password: str
    device: str = ""
