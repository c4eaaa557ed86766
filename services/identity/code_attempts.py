"""One-time codes of activation, login, recovery and change of contact: prepared, sent to a contact, tried."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from contracts.errors.execution import TooManyAttempts
from contracts.errors.request import LoginFailed
from contracts.identity.logins import CodeSent, PresentCode
from contracts.identity.people import Contact
from contracts.notify import Notify, SendCode
from contracts.vocabulary import Channel, PatientId
from services.identity import domain
from services.identity.account_holders import identify
from services.identity.context import IdentityContext
from services.identity.repositories.attempts import Attempt, AttemptPurpose
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


def prepare_code(ctx: IdentityContext, purpose: AttemptPurpose, holder: PatientId | None) -> PreparedCode:
    """A new attempt; without a holder a decoy, made at the same cost."""
    attempt_id, code = uuid4(), ctx.tools.codes.new_code()
    attempt = Attempt(
        attempt_id=attempt_id,
        purpose=purpose,
        holder=holder,
        sealed=ctx.tools.codes.seal(attempt_id, code),
        expires_at=ctx.now + timedelta(seconds=domain.CODE_SECONDS),
    )
    return PreparedCode(attempt, code)


def send_code(ctx: IdentityContext, prepared: PreparedCode, channel: Channel, address: str) -> None:
    """Have notify send the code now; raises ServiceUnavailable where it cannot."""
    message = SendCode(channel=channel, address=address, code=prepared.code, minutes=_MINUTES)
    ctx.remote.as_service(Notify.send_code, message)


def check_sending(ctx: IdentityContext, repositories: IdentityRepositories, address: str) -> None:
    """Count a code about to be sent to an address; so nobody is flooded with codes, whoever requests them.

    Raises:
        TooManyAttempts: codes were sent there and not used.
    """
    wait = repositories.count_login(ctx.tools.codes.address_key(address), ctx.now)
    if wait:
        raise TooManyAttempts(seconds=str(wait))


def present_code(ctx: IdentityContext, request: PresentCode, purpose: AttemptPurpose) -> VerifiedAttempt:
    """The attempt this code opens; the try is counted whatever follows, and its holder is who acts.

    Raises:
        LoginFailed: wrong code, or an attempt that is unknown, expired, used up, or was for another purpose.
    """
    return _tried(ctx, request, purpose, uses_up=True)


def _tried(ctx: IdentityContext, request: PresentCode, purpose: AttemptPurpose, *, uses_up: bool) -> VerifiedAttempt:
    attempt_id = attempt_in(request)
    sealed = ctx.tools.codes.seal(attempt_id, request.code)
    with ctx.database.autocommit() as repositories:
        tried = repositories.try_code(attempt_id, purpose, sealed, ctx.now, uses_up=uses_up)
    if tried.holder is None:
        raise LoginFailed
    identify(ctx, tried.holder)
    if not tried.right:
        raise LoginFailed
    return VerifiedAttempt(tried.holder, attempt_id)


def show_code(ctx: IdentityContext, request: PresentCode, purpose: AttemptPurpose) -> VerifiedAttempt:
    """As `present_code`, but a right code stays good for its time and the tries that are left."""
    return _tried(ctx, request, purpose, uses_up=False)


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
