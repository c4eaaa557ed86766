"""What happened to accounts and apps."""

from contracts.envelope import Event
from contracts.vocabulary import PatientId


class AccountActivated(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A patient proved card, password and contact."""

    topic = "identity.account_activated"
    patient_id: PatientId


class AuthenticatorChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An authenticator app was added to an account, or taken off."""

    topic = "identity.authenticator_changed"
    patient_id: PatientId


class PasswordSet(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An account has a new password."""

    topic = "identity.password_set"
    patient_id: PatientId


class AccountLockChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The operator locked an account, or opened it again."""

    topic = "identity.account_lock_changed"
    patient_id: PatientId


class ContactChanged(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An account has a new address, proven by a code; the old one was told before."""

    topic = "identity.contact_changed"
    patient_id: PatientId


class AppListed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An app was registered, or let in again: patients may let it read."""

    topic = "identity.app_listed"
    client_id: str


class AppSuspended(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An app was shut out: nobody's leave counts until it is let in again."""

    topic = "identity.app_suspended"
    client_id: str
