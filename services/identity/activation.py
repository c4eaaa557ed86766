"""The second factor of an account opened with a carte Vitale: whoever found the card opens nothing with it alone."""

from uuid import uuid4

from contracts.errors.request import AccountPending
from contracts.identity.events import AccountActivated
from contracts.vocabulary import PatientId
from services.identity.context import IdentityContext
from services.identity.domain.activating import PENDING_LIFE, ActivationFactor, normal_letter_code
from services.identity.repositories.letters import ActivationLetter


def waits_for_factor(ctx: IdentityContext) -> bool:
    """Whether new accounts wait for something."""
    return ctx.tools.activation_factor is not ActivationFactor.NONE


def prepare_letter(ctx: IdentityContext, holder: PatientId) -> None:
    """Store the code of a letter, for `carnet letters` to write, where letters are the factor."""
    if ctx.tools.activation_factor is not ActivationFactor.LETTER:
        return
    codes = ctx.tools.letter_codes
    code = codes.new_code()
    ctx.database.repositories.put_letter(
        ActivationLetter(
            patient_id=holder,
            letter_id=uuid4(),
            code_hash=codes.hash(holder, code),
            sealed_code=codes.seal(holder, code),
            expires_at=ctx.now + PENDING_LIFE,
        )
    )


def open_by_letter(ctx: IdentityContext, holder: PatientId, typed: str) -> None:
    """Open a pending account by the code of its letter; every try is counted.

    Raises:
        AccountPending: no code was typed, it is not the letter's, or it was tried too often.
    """
    if not typed:
        raise AccountPending
    code_hash = ctx.tools.letter_codes.hash(holder, normal_letter_code(typed))
    with ctx.database.separate_transaction() as separate:
        is_right = separate.try_letter(holder, code_hash, ctx.now)
    if not is_right:
        raise AccountPending
    open_pending(ctx, holder)


def open_pending(ctx: IdentityContext, holder: PatientId) -> bool:
    """Open a pending account and notify its holder; False where there is none."""
    repositories = ctx.database.repositories
    if not repositories.open_account(holder):
        return False
    repositories.forget_letter(holder)
    ctx.events.publish(AccountActivated(patient_id=holder))
    return True
