"""One-time codes as both activation and login use them: prepared, carried to a contact, tried."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from chassis.pending_events import PendingEvents
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors import AccountLocked, LoginFailed, TooManyAttempts
from contracts.identity import CodeSent, Contact, PresentCode
from contracts.notify import CodeSentOut, SendCode
from contracts.vocabulary import Act, Channel, Outcome, PatientId, Role
from services.identity import domain
from services.identity.otp import OtpGenerator
from services.identity.repositories import Database, IdentityRepositories
from services.identity.repositories.attempts import Attempt, AttemptPurpose

CodeSender = Callable[[SendCode], CodeSentOut]
"""Brings a code to a contact at once, or raises that it could not."""

_MINUTES = domain.CODE_SECONDS // 60


@dataclass(frozen=True)
class PreparedCode:
    """An attempt to be stored, and the code that opens it, known to nobody yet."""

    attempt: Attempt
    code: str

    @property
    def answer(self) -> CodeSent:
        """What the one who asked is told, whether or not a code was sent."""
        return CodeSent(attempt=str(self.attempt.attempt_id), expires_in=domain.CODE_SECONDS)

    def send(self, send: CodeSender, channel: Channel, address: str) -> None:
        """Send the code."""
        send(SendCode(channel=channel, address=address, code=self.code, minutes=_MINUTES))


def prepare_code(
    codes: OtpGenerator, purpose: AttemptPurpose, holder: PatientId | None, now: datetime
) -> PreparedCode:
    """A new attempt; without a holder a decoy, made at the same cost."""
    attempt_id, code = uuid4(), codes.new_code()
    attempt = Attempt(
        attempt_id=attempt_id,
        purpose=purpose,
        holder=holder,
        sealed=codes.seal(attempt_id, code),
        expires_at=now + timedelta(seconds=domain.CODE_SECONDS),
    )
    return PreparedCode(attempt, code)


@dataclass(frozen=True)
class VerifiedAttempt:
    """Whose attempt was opened, and which."""

    holder: PatientId
    attempt_id: UUID


def present_code(
    message: PresentCode,
    purpose: AttemptPurpose,
    act: Act,
    *,
    now: datetime,
    database: Database,
    codes: OtpGenerator,
    events: PendingEvents,
) -> VerifiedAttempt:
    """The attempt this code opens; the try is counted whatever follows.

    Raises:
        LoginFailed: wrong code, or an attempt that is unknown, expired, used up, or was for another purpose.
    """
    attempt_id = attempt_in(message)
    with database.autocommit() as repositories:
        tried = repositories.try_code(attempt_id, purpose, codes.seal(attempt_id, message.code), now)
    if tried.holder is None:
        raise LoginFailed
    if not tried.right:
        events.journal(patients_own_act(tried.holder, act, Outcome.REFUSED, LoginFailed.code))
        raise LoginFailed
    return VerifiedAttempt(tried.holder, attempt_id)


def attempt_in(message: PresentCode) -> UUID:
    """The attempt a code is shown for; raises LoginFailed where it is none."""
    try:
        return UUID(message.attempt)
    except ValueError:
        raise LoginFailed from None


def patients_own_act(patient_id: PatientId, act: Act, outcome: Outcome, reason: str) -> JournalEntry:
    """The journal line of something a patient did as themself."""
    return JournalEntry.by(patient_actor(patient_id), patient_id, act, outcome=outcome, reason=reason)


def patient_actor(patient_id: PatientId) -> Actor:
    """A patient acting as themself."""
    return Actor(role=Role.PATIENT, subject=str(patient_id))


def check_open(holder: PatientId, act: Act, locked_at: datetime | None, events: PendingEvents) -> None:
    """Whoever has proven that it is their account is told that it is locked; nobody else learns it.

    Raises:
        AccountLocked: journalled.
    """
    if locked_at is not None:
        events.journal(patients_own_act(holder, act, Outcome.REFUSED, AccountLocked.code))
        raise AccountLocked(since=f"{locked_at:%Y-%m-%d}")


def check_sending(repositories: IdentityRepositories, codes: OtpGenerator, address: str, now: datetime) -> None:
    """Count a code that is about to be sent to an address; whoever asks for it, nobody's telephone is flooded.

    Raises:
        TooManyAttempts: codes were sent there and not used.
    """
    wait = repositories.count_login(codes.address_key(address), now)
    if wait:
        raise TooManyAttempts(seconds=str(wait))


def verified_address(contact: Contact, wished: Channel) -> tuple[Channel, str]:
    """The wished channel if its address is verified, else the other.

    Raises:
        LoginFailed: neither is.
    """
    by_channel = {Channel.SMS: contact.mobile, Channel.EMAIL: contact.email}
    for channel in (wished, *by_channel):
        if address := by_channel[channel]:
            return channel, address
    raise LoginFailed
