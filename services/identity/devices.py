"""Known devices: their holder logs in from them under a count of their own, which no stranger can raise."""

from uuid import uuid4

from chassis.opaque import new_opaque, token_hash
from contracts.identity.logins import KnownDevice, StartLogin
from contracts.vocabulary import PatientId
from services.identity.context import IdentityContext


def count_key_of(ctx: IdentityContext, request: StartLogin, identifier: str) -> bytes:
    """The key under which this login is counted: of the known device it comes from, else of its identifier."""
    if not request.device_token:
        return ctx.tools.codes.login_key(identifier)
    with ctx.database.autocommit() as repositories:
        device_id = repositories.use_device(token_hash(request.device_token), identifier, ctx.now)
    return ctx.tools.codes.login_key(identifier) if device_id is None else ctx.tools.codes.device_key(device_id)


def remember_device(ctx: IdentityContext, holder: PatientId, device: str, *, is_requested: bool) -> str:
    """A new token by which the device is known from now on; empty if that was not requested."""
    if not is_requested:
        return ""
    token = new_opaque()
    known = KnownDevice(device_id=uuid4(), device=device, since=ctx.now, used_at=ctx.now)
    ctx.database.repositories.remember_device(holder, known, token_hash(token))
    return token
