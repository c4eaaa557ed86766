"""One-time codes of activation, login, recovery and change of contact: prepared, sent to a contact, tried."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from contracts.errors.execution import TooManyAttempts
from contracts.errors.request import LoginFailed
from contracts.identity.events import GuessesFailed
from contracts.identity.logins import CodeSent, PresentCode
from contracts.identity.people import Contact
from contracts.notify import Notify, SendCode
from contracts.vocabulary import Channel, PatientId
from services.identity import domain
from services.identity.account_holders import identify
from services.identity.context import IdentityContext
from services.identity.domain.guessing import NOTICE_AFTER, seconds_to_tomorrow
from services.identity.repositories.attempts import Attempt, AttemptPurpose, OpenedBy, TriedCode
from services.identity.repositories.database import IdentityRepositories

_MINUTES = domain.CODE_SECONDS // 60


@dataclass(frozen=True)
class PreparedCode:
    """An attempt to be stored, and the code that opens it, neither stored nor sent yet."""

    attempt: Attempt
    code: str

    @property
    def answer(self) -> CodeSent:
        """The response to the caller; the same whether or not a code was sent."""
        return CodeSent(attempt=str(self.attempt.attempt_id), expires_in=domain.CODE_SECONDS)


@dataclass(frozen=True)
class VerifiedAttempt:
    """Whose attempt was opened, and which."""

    holder: PatientId
    attempt_id: UUID


def prepare_code(
    ctx: IdentityContext,
    purpose: AttemptPurpose,
    holder: PatientId | None,
    *,
    opened_by: OpenedBy = OpenedBy.SENT,
    budget: bytes | None = None,
) -> PreparedCode:
    """A new attempt, always at the same cost; unless a code is sent, no code has its hash.

    `budget`: where failures are counted; by default with those of this purpose and holder.
    """
    attempt_id, code = uuid4(), ctx.tools.codes.new_code()
    sealed = ctx.tools.codes.seal(attempt_id, code)
    attempt = Attempt(
        attempt_id=attempt_id,
        purpose=purpose,
        holder=holder,
        sealed=sealed if opened_by is OpenedBy.SENT else secrets.token_bytes(len(sealed)),
        expires_at=ctx.now + timedelta(seconds=domain.CODE_SECONDS),
        opened_by=opened_by,
        budget=budget or ctx.tools.codes.budget_key(purpose, str(holder)),
    )
    return PreparedCode(attempt, code)


def send_code(ctx: IdentityContext, prepared: PreparedCode, channel: Channel, address: str) -> None:
    """Have notify send the code now; raises ServiceUnavailable where it cannot."""
    message = SendCode(channel=channel, address=address, code=prepared.code, minutes=_MINUTES)
    ctx.remote.as_service(Notify.send_code, message)


def check_sending(ctx: IdentityContext, repositories: IdentityRepositories, key: bytes) -> None:
    """Count a code about to be sent under a key, of an address as a rule; so nobody is flooded with codes.

    Raises:
        TooManyAttempts: codes were sent under it and not used.
    """
    wait = repositories.count_login(key, ctx.now)
    if wait:
        raise TooManyAttempts(seconds=str(wait))


def present_code(ctx: IdentityContext, request: PresentCode, purpose: AttemptPurpose) -> VerifiedAttempt:
    """The attempt this code opens; the try is counted whatever follows, and its holder is who acts.

    Raises:
        LoginFailed: wrong code, or an attempt that is unknown, expired, used up, or was for another purpose.
        TooManyAttempts: the code is right, but too many were wrong.
    """
    return _tried(ctx, request, purpose, uses_up=True)


def show_code(ctx: IdentityContext, request: PresentCode, purpose: AttemptPurpose) -> VerifiedAttempt:
    """As `present_code`, but a right code stays good for its time and the tries that are left."""
    return _tried(ctx, request, purpose, uses_up=False)


def _tried(ctx: IdentityContext, request: PresentCode, purpose: AttemptPurpose, *, uses_up: bool) -> VerifiedAttempt:
    attempt_id = attempt_in(request)
    sealed = ctx.tools.codes.seal(attempt_id, request.code)
    with ctx.database.autocommit() as repositories:
        tried = repositories.try_code(attempt_id, purpose, sealed, ctx.now, uses_up=uses_up)
    if tried.holder is None:
        raise LoginFailed
    identify(ctx, tried.holder)
    if not tried.right:
        raise refused_guess(ctx, tried.holder)
    check_budget(ctx, tried)
    refund_guess(ctx, tried)
    return VerifiedAttempt(tried.holder, attempt_id)


def refund_guess(ctx: IdentityContext, tried: TriedCode) -> None:
    """Take off again what was counted for a code that is right."""
    if tried.budget is not None:
        with ctx.database.autocommit() as repositories:
            repositories.refund_guess(tried.budget, ctx.now)


def check_budget(ctx: IdentityContext, tried: TriedCode) -> None:
    """Refuse what is right once too many guesses were wrong: else a patient attacker would find it in the end.

    Said only to whoever has the right code, as of a locked account.

    Raises:
        TooManyAttempts.
    """
    if not tried.is_within_budget:
        raise TooManyAttempts(seconds=str(seconds_to_tomorrow(ctx.now)))


def refused_guess(ctx: IdentityContext, holder: PatientId) -> LoginFailed:
    """Count a failure of the day, of which the holder is notified once; returns the refusal."""
    with ctx.database.autocommit() as repositories:
        failures = repositories.count_failure(ctx.tools.codes.total_key(str(holder)), ctx.now)
    if failures == NOTICE_AFTER:
        ctx.events.on_refusal(GuessesFailed(patient_id=holder))
    return LoginFailed()


def attempt_in(request: PresentCode) -> UUID:
    """The attempt a code is presented for; raises LoginFailed where it is no UUID."""
    try:
        return UUID(request.attempt)
    except ValueError:
        raise LoginFailed from None


def verified_address(contact: Contact, preferred: Channel) -> tuple[Channel, str]:
    """The preferred channel if its address is verified, else the other.

    Raises:
        LoginFailed: neither is.
    """
    by_channel = {Channel.SMS: contact.mobile, Channel.EMAIL: contact.email}
    for channel in (preferred, *by_channel):
        if address := by_channel[channel]:
            return channel, address
    raise LoginFailed
