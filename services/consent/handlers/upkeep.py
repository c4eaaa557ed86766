"""Timers: expired invitations are deleted, new versions of the matrix read, due requests put into effect."""

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import Tick, every
from contracts.identity.api import Identity
from contracts.identity.people import GetOrganisationStatus
from contracts.vocabulary import Act
from services.consent.context import ConsentContext
from services.consent.domain.representations import can_take_effect
from services.consent.repositories.representations import RequestOutcome
from services.consent.representing import put_into_effect

_UPKEEP = unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP)
_BY_DATE = "delai"
_MOST_REQUESTS = 50
"""In one round; the next round takes the next."""


@every(seconds=600, access=_UPKEEP)
def sweep(ctx: ConsentContext, _tick: Tick) -> None:
    """Delete invitations that nobody answered in time."""
    ctx.invitations.forget_expired(ctx.now)


@every(seconds=30, access=_UPKEEP)
def look_for_new_matrices(ctx: ConsentContext, _tick: Tick) -> None:
    """Read versions that were loaded through another replica."""
    ctx.tools.matrix_cache.refresh(ctx.matrices)


@every(
    seconds=60,
    access=unasked(
        NoQuestion.UPKEEP,
        *(Act.NOMMER_REPRESENTANT, Act.FIN_REPRESENTATION, Act.RETRAIT_REPRESENTATION),
        each=True,
    ),
)
def put_requests_into_effect(ctx: ConsentContext, _tick: Tick) -> None:
    """Namings and endings that nobody contested; they lapse if record or organisation is not active by then.

    Raises:
        ServiceUnavailable: records or identity does not answer; nothing takes effect.
    """
    for request in ctx.representation_requests.due(ctx.now, most=_MOST_REQUESTS):
        terms = request.terms
        status = ctx.authorizer.record(terms.patient_id).status
        if can_take_effect(terms, status, ctx.now, is_vouched_for=_is_in_service(ctx, request.organisation)):
            act = Act.FIN_REPRESENTATION if terms.ends else Act.NOMMER_REPRESENTANT
            put_into_effect(ctx, request)
        else:
            act = Act.RETRAIT_REPRESENTATION
            ctx.representation_requests.close(request, RequestOutcome.LAPSED, ctx.now)
        ctx.access.add(terms.patient_id, act=act, reason=_BY_DATE)


def _is_in_service(ctx: ConsentContext, organisation: str) -> bool:
    return ctx.remote(Identity.organisation_status_of, GetOrganisationStatus(client_id=organisation)).active
