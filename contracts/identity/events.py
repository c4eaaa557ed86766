"""Events about accounts and apps."""

from contracts.envelope import Event, PatientEvent
from contracts.vocabulary import PatientId


class AccountActivated(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A patient activated an account, with card, password and a verified contact.

    Sent by identity; notify informs the patient.
    """

    topic = "identity.account_activated"


class AuthenticatorChanged(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """An authenticator app or a passkey was added to an account, or removed.

    Sent by identity; notify informs the patient.
    """

    topic = "identity.authenticator_changed"


class PasswordSet(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """An account has a new password.

    Sent by identity; notify informs the patient.
    """

    topic = "identity.password_set"


class GuessesFailed(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Several guesses at an account's password or codes failed today; sent once a day at most.

    Sent by identity; notify informs the patient.
    """

    topic = "identity.guesses_failed"


class AccountLockChanged(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The operator locked an account, or unlocked it.

    Sent by identity; notify informs the patient.
    """

    topic = "identity.account_lock_changed"


class ContactChanged(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """An account has a new verified address; the old address was warned before the change.

    Sent by identity; notify informs the patient.
    """

    topic = "identity.contact_changed"


class InsChanged(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Two agents gave a person another INS.

    Sent by identity; records asks for it, notify informs the person.
    """

    topic = "identity.ins_changed"


class PersonDied(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Two agents reported a person's death: their record is closed, and what they decided has no effect.

    Sent by identity; consent and records act on it. Nobody is informed.
    """

    topic = "identity.person_died"


class DeathReportUndone(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The report of a death was wrong: what it ended is in force again.

    Sent by identity; consent and records act on it, notify informs the person.
    """

    topic = "identity.death_report_undone"


class PersonsJoined(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Two agents stated that two identities are of one person; sent once for each of the two.

    Sent by identity; consent and records ask for it, notify informs the person.
    """

    topic = "identity.persons_joined"
    other: PatientId


class PersonsSeparated(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A join of two identities was undone; sent once for each of the two.

    Sent by identity; consent and records ask for it, notify informs the person.
    """

    topic = "identity.persons_separated"
    other: PatientId


class AppListed(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An app was registered or resumed: patients may authorise it.

    Sent by identity. `revision`: counts the changes of this app; what has a lower one than is on file is out of date.
    """

    topic = "identity.app_listed"
    client_id: str
    revision: int = 0


class AppSuspended(Event, frozen=True, kw_only=True, omit_defaults=True):
    """An app was suspended: patients' authorisations of it have no effect until it is resumed.

    Sent by identity. `revision`: as in AppListed.
    """

    topic = "identity.app_suspended"
    client_id: str
    revision: int = 0


class AppAccessEnded(PatientEvent, frozen=True, kw_only=True, omit_defaults=True):
    """Whoever authorised an app took their account back: its access to this record has ended.

    Sent by identity; consent forgets the grant. `representative`: who gave it in the holder's place.
    """

    topic = "identity.app_access_ended"
    app: str
    representative: PatientId | None = None
