"""The list of everything the street door answers."""

import inspect
from typing import get_args, get_type_hints

from litestar import Router
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from gateway.api import (
    accounts,
    apps,
    authenticators,
    authorisations,
    care_teams,
    carers,
    clinical_data,
    closing,
    content,
    credentials,
    deposits,
    documents,
    emergencies,
    filing,
    folders,
    health,
    home,
    journal,
    matrix,
    notices,
    operator_accounts,
    operator_apps,
    operator_journal,
    passkeys,
    professionals,
    records,
    representatives,
    sessions,
    visibility,
)
from gateway.examples import EXAMPLES
from gateway.fhir import capability as fhir
from gateway.oauth import authorize, discovery, tokens, workplaces
from gateway.openapi import BEARER, EXPLAINED_ANSWERS

_MODULES = (
    tokens,
    authorize,
    workplaces,
    discovery,
    accounts,
    sessions,
    credentials,
    authenticators,
    passkeys,
    records,
    closing,
    deposits,
    documents,
    content,
    clinical_data,
    folders,
    visibility,
    authorisations,
    care_teams,
    carers,
    apps,
    professionals,
    representatives,
    emergencies,
    notices,
    journal,
    operator_journal,
    matrix,
    filing,
    operator_apps,
    operator_accounts,
    health,
    home,
    fhir,
)


def _handlers(name: str) -> list[HTTPRouteHandler]:
    found: list[HTTPRouteHandler] = []
    for module in _MODULES:
        found += getattr(module, name, ())
    for handler in found:
        handler.responses = {**EXPLAINED_ANSWERS, **(handler.responses or {}), **_exemplified(handler)}
    return found


def _exemplified(handler: HTTPRouteHandler) -> dict[int, ResponseSpec]:
    """The good answer with an example of it, where it is of a kind that has one."""
    signature = get_type_hints(inspect.unwrap(handler.fn))["return"]
    kind = next(iter(get_args(signature)), signature)
    example = EXAMPLES.get(kind) if isinstance(kind, type) else None
    if example is None:
        return {}
    shown = [Example(summary="exemple", value=example)]
    status = handler.status_code or (HTTP_201_CREATED if "POST" in handler.http_methods else HTTP_200_OK)
    return {
        status: ResponseSpec(data_container=kind, generate_examples=False, examples=shown, description="Fait · Done")
    }


PUBLIC_ROUTES = Router("/", route_handlers=_handlers("PUBLIC_ROUTES"))
"""Anybody may ask."""

PERSONAL_ROUTES = Router("/", route_handlers=_handlers("ROUTES"), security=[BEARER])
"""Asked with an access token."""

ROUTES = [PUBLIC_ROUTES, PERSONAL_ROUTES]
