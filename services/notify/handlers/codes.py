"""Messages sent before the answer and not stored: one-time codes, and warnings to an address that was replaced."""

from uuid import uuid4

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import handles
from contracts.notify import TO_PROFESSIONALS_ONLY, MessageSent, Notify, SendCode, WarnAddress
from services.notify.context import NotifyContext
from services.notify.domain.wording import letter_of_code, letter_of_notice

_OF_IDENTITY = unjournalled(NoEntry.CALLER, NoQuestion.SERVICE)


@handles(Notify.send_code, access=_OF_IDENTITY, reading=True)
def send_code(ctx: NotifyContext, request: SendCode) -> MessageSent:
    """Send a one-time code now.

    Raises:
        InvalidContact, ServiceUnavailable: as `Channels.send`.
    """
    letter = letter_of_code(request.code, request.minutes, letter_id=str(uuid4()))
    ctx.channels.send(request.channel, request.address, letter)
    return MessageSent()


@handles(Notify.warn_address, access=_OF_IDENTITY, reading=True)
def warn_address(ctx: NotifyContext, request: WarnAddress) -> MessageSent:
    """Send a notice to an address now; raises as `send_code`."""
    to_holder = request.code not in TO_PROFESSIONALS_ONLY
    letter = letter_of_notice(request.code, to_holder=to_holder, letter_id=str(uuid4()))
    ctx.channels.send(request.channel, request.address, letter)
    return MessageSent()
