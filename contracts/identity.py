"""What the identity service answers: who people, cards and software are, and the tokens that say so."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.api import Api, Method
from contracts.envelope import Actor, Event
from contracts.vocabulary import Channel, Ins, PatientId, Role, Rpps


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """Who a person is, as the carte Vitale states it."""

    family_name: str
    given_names: str
    birth_date: date
    sex: str


class ProfessionalAssertion(msgspec.Struct, frozen=True, kw_only=True):
    """A CPS card's signed assertion (RFC 7523), as JWS compact with x5c."""

    assertion: str


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An access token (JWT, EdDSA) and its life in seconds."""

    access_token: str
    expires_in: int
    actor: Actor


class VitaleProof(msgspec.Struct, frozen=True, kw_only=True):
    """A carte Vitale's signed proof of presence, as JWS compact with x5c; it is spent by the call."""

    proof: str


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """The person whose card was shown."""

    patient_id: PatientId
    ins: Ins
    birth_date: date | None = None


class BirthDateOf(msgspec.Struct, frozen=True, kw_only=True):
    """When was this patient born?"""

    patient_id: PatientId


class BirthDate(msgspec.Struct, frozen=True, kw_only=True):
    """None where the patient is not known."""

    birth_date: date | None


class FindPatient(msgspec.Struct, frozen=True, kw_only=True):
    """Look a person up by INS."""

    ins: Ins


class PatientFound(msgspec.Struct, frozen=True, kw_only=True):
    """None when nobody bears this INS here."""

    patient_id: PatientId | None


class FindByTraits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Look a person up by traits; the family name is the birth name, `given_names` may be its beginning."""

    family_name: str
    birth_date: date
    given_names: str = ""
    sex: str = ""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose card was shown here."""

    patient_id: PatientId
    ins: Ins
    traits: Traits


class PersonsFound(msgspec.Struct, frozen=True, kw_only=True):
    """Ten at most."""

    persons: tuple[Person, ...]


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


class Means(StrEnum):
    """By what somebody logged in."""

    CODE = "code"
    """Password, and a code that was sent."""
    AUTHENTICATOR = "authenticator"
    """Password, and a code of the authenticator app."""
    CARTE_VITALE = "carte_vitale"
    """Card and code, as the account was activated."""
    CPS = "cps"


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


class ContactOf(msgspec.Struct, frozen=True, kw_only=True):
    """Where may this patient, or this professional, be told something."""

    patient_id: PatientId | None = None
    rpps: Rpps | None = None


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Verified addresses; None where there is none."""

    email: str | None = None
    mobile: str | None = None


class AccountActivated(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A patient proved card, password and contact."""

    topic = "identity.account_activated"
    patient_id: PatientId


class AuthenticatorChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An authenticator app was added to an account, or taken off."""

    topic = "identity.authenticator_changed"
    patient_id: PatientId


_SIGNED_IN = frozenset({Role.PATIENT, Role.PROFESSIONAL})
_HOLDER = frozenset({Role.PATIENT})
_PEOPLE = frozenset({Role.PATIENT, Role.PROFESSIONAL, Role.AGENT})


class Identity(Api, service="identity"):
    """The flat that knows people."""

    login_professional = Method(ProfessionalAssertion, Token, anonymous=True)
    admit_patient = Method(VitaleProof, Admitted, roles=_PEOPLE)
    find_patient = Method(FindPatient, PatientFound, roles=frozenset({Role.PROFESSIONAL, Role.AGENT}))
    find_by_traits = Method(FindByTraits, PersonsFound, roles=frozenset({Role.PROFESSIONAL, Role.AGENT}))
    activate_account = Method(ActivateAccount, CodeSent, anonymous=True, seconds=8.0)
    confirm_account = Method(PresentCode, Token, anonymous=True)
    start_login = Method(StartLogin, CodeSent, anonymous=True, seconds=8.0)
    finish_login = Method(PresentCode, Token, anonymous=True)
    begin_authenticator = Method(BeginAuthenticator, AuthenticatorOffered, roles=_HOLDER)
    confirm_authenticator = Method(ConfirmAuthenticator, AuthenticatorStanding, roles=_HOLDER)
    show_authenticator = Method(ShowAuthenticator, AuthenticatorStanding, roles=_HOLDER)
    remove_authenticator = Method(RemoveAuthenticator, AuthenticatorStanding, roles=_HOLDER)
    list_sessions = Method(ListSessions, Sessions, roles=_SIGNED_IN)
    end_sessions = Method(EndSessions, SessionsEnded, roles=_SIGNED_IN)
    ended_sessions = Method(EndedSince, EndedSessions, anonymous=True)
    birth_date_of = Method(BirthDateOf, BirthDate, roles=frozenset({Role.AGENT, Role.SERVICE}))
    contact_of = Method(ContactOf, Contact, roles=frozenset({Role.SERVICE}))
