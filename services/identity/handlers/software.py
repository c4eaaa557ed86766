"""Homologated business software as the operator lists it, bounds it, suspends it and readmits it."""

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import handles
from contracts.errors.request import InvalidRequest, SoftwareNotFound
from contracts.identity.api import Identity
from contracts.identity.apps import ListSoftware, SetQuota, Software, SoftwareList, SuspendSoftware
from contracts.vocabulary import Act
from services.identity.context import IdentityContext

_MOST_A_MINUTE = 1_000_000


@handles(Identity.list_software, access=unjournalled(NoEntry.PLATFORM_TABLE, NoQuestion.OPERATOR), reading=True)
def list_software(ctx: IdentityContext, _request: ListSoftware) -> SoftwareList:
    """All of it, by number."""
    return SoftwareList(software=tuple(ctx.database.repositories.all_software()))


@handles(Identity.suspend_software, access=unasked(NoQuestion.OPERATOR, Act.SUSPENSION_LOGICIEL))
def suspend_software(ctx: IdentityContext, request: SuspendSoftware) -> Software:
    """Suspend a software and end the sessions of who works with it, or readmit it; raises SoftwareNotFound."""
    repositories = ctx.database.repositories
    ctx.access.about = request.number
    ctx.access.reason = "suspendue" if request.suspended else "referencee"
    software = repositories.suspend_software(request.number, ctx.now if request.suspended else None)
    if software is None:
        raise SoftwareNotFound
    if request.suspended:
        repositories.end_sessions_with(request.number, ctx.now)
    return software


@handles(Identity.set_quota, access=unasked(NoQuestion.OPERATOR, Act.QUOTA_LOGICIEL))
def set_quota(ctx: IdentityContext, request: SetQuota) -> Software:
    """Set how many requests a minute a structure may make by a software; raises SoftwareNotFound, InvalidRequest."""
    ctx.access.about, ctx.access.reason = request.number, "operateur"
    if not 0 <= request.quota <= _MOST_A_MINUTE:
        raise InvalidRequest(field="quota")
    software = ctx.database.repositories.set_quota(request.number, request.quota)
    if software is None:
        raise SoftwareNotFound
    return software
