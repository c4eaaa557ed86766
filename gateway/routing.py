"""The list of everything the street door answers."""

from litestar import Router
from litestar.handlers import HTTPRouteHandler

from gateway.api import (
    accounts,
    authorisations,
    care_teams,
    closing,
    content,
    deposits,
    documents,
    emergencies,
    facts,
    filing,
    health,
    home,
    journal,
    matrix,
    notices,
    oauth,
    operator_journal,
    professionals,
    records,
    representatives,
    sessions,
    visibility,
)
from gateway.fhir import capability as fhir
from gateway.openapi import BEARER, EXPLAINED_ANSWERS

_MODULES = (
    oauth,
    accounts,
    sessions,
    records,
    closing,
    deposits,
    documents,
    content,
    facts,
    visibility,
    authorisations,
    care_teams,
    professionals,
    representatives,
    emergencies,
    notices,
    journal,
    operator_journal,
    matrix,
    filing,
    health,
    home,
    fhir,
)


def _handlers(name: str) -> list[HTTPRouteHandler]:
    found: list[HTTPRouteHandler] = []
    for module in _MODULES:
        found += getattr(module, name, ())
    for handler in found:
        handler.responses = {**EXPLAINED_ANSWERS, **(handler.responses or {})}
    return found


PUBLIC_ROUTES = Router("/", route_handlers=_handlers("PUBLIC_ROUTES"))
"""Anybody may ask."""

PERSONAL_ROUTES = Router("/", route_handlers=_handlers("ROUTES"), security=[BEARER])
"""Asked with an access token."""

ROUTES = [PUBLIC_ROUTES, PERSONAL_ROUTES]
