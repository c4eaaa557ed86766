"""Professionals who lose their access: suspended by the operator, left out of the directory, or by a revoked card."""

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from chassis.access_rules import NoQuestion, unasked
from chassis.handlers import Tick, every, handles
from contracts.errors.request import ProfessionalUnknown
from contracts.identity.api import Identity
from contracts.identity.suspensions import ProfessionalAccess, SuspendProfessional
from contracts.notify import NoticeCode, Notify, WarnAddress
from contracts.vocabulary import PLATFORM, Act, Channel, PatientId, Role
from services.identity import domain
from services.identity.context import IdentityContext

_BY_DIRECTORY, _BY_REVOCATION, _BY_SUSPENSION = "annuaire", "carte_revoquee", "suspendue"


@handles(
    Identity.suspend_professional,
    access=unasked(NoQuestion.OPERATOR, Act.SUSPENSION_PROFESSIONNEL, Act.REPRISE_PROFESSIONNEL),
)
def suspend_professional(ctx: IdentityContext, request: SuspendProfessional) -> ProfessionalAccess:
    """Suspend a professional and end their sessions, or lift one cause; what patients decided stays on file.

    Raises:
        ProfessionalUnknown: no such number, or the directory never listed it.
    """
    repositories = ctx.database.repositories
    ctx.access.act = Act.SUSPENSION_PROFESSIONNEL if request.suspended else Act.REPRISE_PROFESSIONNEL
    ctx.access.about, ctx.access.reason = request.rpps, request.cause.value
    if not domain.is_rpps(request.rpps) or not repositories.was_listed(request.rpps):
        raise ProfessionalUnknown
    if request.suspended:
        _suspend(ctx, request)
    else:
        repositories.lift_suspension(request.rpps, request.cause)
    return ProfessionalAccess(rpps=request.rpps, suspensions=repositories.suspensions_of(request.rpps))


def _suspend(ctx: IdentityContext, request: SuspendProfessional) -> None:
    repositories = ctx.database.repositories
    # Before: a suspended professional has no address for notices.
    address = repositories.contact_of_professional(request.rpps).email
    repositories.suspend_professional(request.rpps, request.cause, ctx.now)
    repositories.end_sessions(Role.PROFESSIONAL, request.rpps, ctx.now)
    if address:
        message = WarnAddress(channel=Channel.EMAIL, address=address, code=NoticeCode.ACCES_SUSPENDU)
        # The suspension does not wait for the provider of e-mail, nor depend on it.
        ctx.in_background(partial(ctx.remote.as_service, Notify.warn_address, message))


@every(seconds=15, access=unasked(NoQuestion.UPKEEP, Act.FIN_SESSION, each=True))
def end_unsupported_sessions(ctx: IdentityContext, _tick: Tick) -> None:
    """End sessions that could not begin any more: an extract, a list of revoked cards, a suspension, a death, a join.

    All but the first two end sessions themselves; a login that was under way meanwhile ends here.
    """
    repositories = ctx.database.repositories
    revoked = ctx.tools.cards.revoked_among(repositories.cards_in_use(ctx.now), ctx.now)
    if revoked:
        _journal(ctx, repositories.end_sessions_by_cards(revoked, ctx.now), _BY_REVOCATION)
    _journal(ctx, repositories.end_sessions_of_suspended(ctx.now), _BY_SUSPENSION)
    _journal(ctx, repositories.end_sessions_unlisted(ctx.now), _BY_DIRECTORY)
    for holder in repositories.end_sessions_of_deceased(ctx.now):
        ctx.access.add(PatientId(UUID(holder)), reason=Act.DECES.value)
    for holder in repositories.end_sessions_of_closed(ctx.now):
        ctx.access.add(PatientId(UUID(holder)), reason=Act.REUNION_IDENTITES.value)


def _journal(ctx: IdentityContext, holders: Iterable[str], reason: str) -> None:
    for holder in holders:
        ctx.access.add(PLATFORM, about=holder, reason=reason)
