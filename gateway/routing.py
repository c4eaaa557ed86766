"""All routes of the gateway."""

import inspect
from collections import defaultdict
from collections.abc import Iterable
from typing import get_args, get_type_hints

from litestar import MediaType, Response, Router, route
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example, Operation
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from gateway.api import (
    accounts,
    apps,
    authenticators,
    authorisations,
    browser_links,
    care_teams,
    carers,
    clinical_data,
    closing,
    consent_texts,
    content,
    credentials,
    deaths,
    deposits,
    description,
    directory,
    documents,
    emergencies,
    filing,
    folders,
    health,
    heirs,
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
from gateway.fhir import capability
from gateway.links import LinkedOperation
from gateway.oauth import authorize, discovery, tokens, workplaces
from gateway.openapi import BEARER, ERROR_RESPONSES
from gateway.portal import home, languages, live, public_pages, static_files
from gateway.portal.agent import find as agent_find
from gateway.portal.agent import login as agent_login
from gateway.portal.agent import opening as agent_opening
from gateway.portal.agent import record as agent_record
from gateway.portal.patient import (
    access,
    account,
    account_authenticator,
    account_contact,
    account_passkeys,
    account_password,
    account_sessions,
    activation,
    document_acts,
    endings,
    entry,
    invitations,
    life,
    medical_profile,
    passkey_login,
    profile_switch,
    reading,
    recovery,
    relatives,
    results,
)
from gateway.portal.patient import apps as patient_apps
from gateway.portal.patient import documents as patient_documents
from gateway.portal.patient import emergency as patient_emergency
from gateway.portal.patient import folders as patient_folders
from gateway.portal.patient import home as patient_home
from gateway.portal.patient import login as patient_login
from gateway.portal.patient import notices as patient_notices
from gateway.portal.patient import professional_search as patient_search
from gateway.portal.patient import professionals as patient_professionals
from gateway.portal.professional import (
    authorisation,
    deposit,
    document,
    emergency,
    find,
    links,
    login,
    opening,
    own_sessions,
    reader,
    record,
    summary,
    summary_writing,
    trends,
)

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
    browser_links,
    consent_texts,
    closing,
    deaths,
    deposits,
    documents,
    content,
    clinical_data,
    folders,
    visibility,
    authorisations,
    care_teams,
    carers,
    heirs,
    apps,
    directory,
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
    description,
    capability,
    static_files,
    languages,
    home,
    public_pages,
    login,
    find,
    record,
    deposit,
    document,
    reader,
    summary,
    trends,
    summary_writing,
    authorisation,
    emergency,
    opening,
    links,
    own_sessions,
    patient_login,
    passkey_login,
    entry,
    activation,
    recovery,
    patient_home,
    access,
    live,
    account,
    account_passkeys,
    account_authenticator,
    account_password,
    account_contact,
    account_sessions,
    patient_documents,
    reading,
    document_acts,
    patient_folders,
    medical_profile,
    results,
    life,
    profile_switch,
    patient_professionals,
    patient_search,
    patient_emergency,
    patient_notices,
    patient_apps,
    agent_login,
    agent_find,
    agent_opening,
    agent_record,
    relatives,
    invitations,
    endings,
)


def _handlers(name: str) -> list[HTTPRouteHandler]:
    handlers: list[HTTPRouteHandler] = []
    for module in _MODULES:
        handlers += getattr(module, name, ())
    for handler in handlers:
        handler.responses = {**ERROR_RESPONSES, **(handler.responses or {}), **_with_example(handler)}
        if handler.operation_class is Operation:
            handler.operation_class = LinkedOperation
    # Before the others: for a path without one, the framework adds one that names the first method only.
    return [*_options_of(handlers), *handlers]


def _options_of(handlers: Iterable[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """A handler of OPTIONS for each path."""
    methods: dict[str, set[str]] = defaultdict(lambda: {HttpMethod.OPTIONS.value})
    for handler in handlers:
        for path in handler.paths:
            methods[path].update(handler.http_methods)
    return [_options(path, ", ".join(sorted(allowed))) for path, allowed in methods.items()]


def _options(path: str, allowed: str) -> HTTPRouteHandler:
    @route(path, http_method=[HttpMethod.OPTIONS], status_code=HTTP_204_NO_CONTENT, include_in_schema=False)
    async def list_methods() -> Response[None]:
        return Response(None, headers={"allow": allowed}, media_type=MediaType.TEXT)

    return list_methods


def _with_example(handler: HTTPRouteHandler) -> dict[int, ResponseSpec]:
    """The success response with an example, where its type has one."""
    return_type = get_type_hints(inspect.unwrap(handler.fn))["return"]
    body_type = next(iter(get_args(return_type)), return_type)
    example = EXAMPLES.get(body_type) if isinstance(body_type, type) else None
    if example is None:
        return {}
    examples = [Example(summary="exemple", value=example)]
    status = handler.status_code or (HTTP_201_CREATED if "POST" in handler.http_methods else HTTP_200_OK)
    return {
        status: ResponseSpec(
            data_container=body_type, generate_examples=False, examples=examples, description="Fait · Done"
        )
    }


PUBLIC_ROUTES = Router("/", route_handlers=_handlers("PUBLIC_ROUTES"))
"""Routes without a token."""

PERSONAL_ROUTES = Router("/", route_handlers=_handlers("ROUTES"), security=[BEARER])
"""Routes with an access token."""

ROUTES = [PUBLIC_ROUTES, PERSONAL_ROUTES]
