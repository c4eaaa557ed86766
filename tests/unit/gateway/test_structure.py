"""Rules for all routes: declared roles, descriptions, no identities in URLs, calls allowed by the wiring."""

from collections.abc import Iterator
from pathlib import Path

from litestar.handlers import HTTPRouteHandler

from contracts.api import Api
from contracts.vocabulary import Role
from contracts.wiring import CALLS
from gateway import routing
from gateway.app import make_inner_app
from gateway.guards import PUBLIC, ROLES
from gateway.openapi import TAGS
from gateway.settings import GatewaySettings
from tests.support.comparisons import check_all

SETTINGS = GatewaySettings(
    service="gateway",
    amqp_url="amqp://localhost",
    trusted_keys=Path("nowhere"),
    http_address="127.0.0.1:8080",
    public_url="https://carnet.example",
    documents_url="http://documents",
)
APP = make_inner_app(SETTINGS)


def handlers() -> Iterator[tuple[str, HTTPRouteHandler]]:
    for route in APP.routes:
        for handler in getattr(route, "route_handlers", ()):
            if handler.http_methods != {"OPTIONS"}:
                yield f"{'/'.join(sorted(handler.http_methods))} {route.path}", handler


HANDLERS = dict(handlers())


def test_every_route_declares_its_roles() -> None:
    roles = {name: handler.opt.get(ROLES) for name, handler in HANDLERS.items()}
    declared = {name: each == PUBLIC or bool(each and each <= frozenset(Role)) for name, each in roles.items()}
    check_all("roles of a route", declared, dict.fromkeys(HANDLERS, True))


def test_record_and_operator_routes_need_a_token_and_describe_it() -> None:
    chosen = [name for name in HANDLERS if "/dmp/" in name or "/operator/" in name]
    assert [name for name in chosen if HANDLERS[name].opt[ROLES] == PUBLIC] == []
    found = {name: HANDLERS[name].resolve_security() for name in chosen}
    check_all("token of a route", found, {name: [{"bearer": []}] for name in chosen})


def test_every_described_route_has_summary_docstring_and_known_tags() -> None:
    described = {name: handler for name, handler in HANDLERS.items() if handler.resolve_include_in_schema()}
    assert [name for name, handler in described.items() if not (handler.summary and handler.fn.__doc__)] == []
    unknown = {name: set(handler.resolve_tags()) - set(TAGS) for name, handler in described.items()}
    check_all("tags of a route", unknown, {name: set() for name in described})


def test_path_parameters_contain_no_identity() -> None:
    parameters = {part for route in APP.routes for part in route.path_parameters}
    pseudonyms = {"patient_id", "representative", "document_id", "resource_id", "attempt", "folder_id", "session_id"}
    pseudonyms |= {"request_id", "invitation_id", "carer", "heir", "passkey", "device_id", "second_id", "link_id"}
    pseudonyms |= {"person_id"}
    assert parameters <= pseudonyms | {
        "act",
        "rpps",
        "finess",
        "mode",
        "cause",
        "size",
        "app",
        "software",
        "file_name",
        "code",
    }


def test_gateway_calls_only_the_services_that_the_wiring_allows() -> None:
    apis = {
        value.service
        for module in vars(routing).values()
        for value in getattr(module, "__dict__", {}).values()
        if isinstance(value, type) and issubclass(value, Api) and value is not Api
    }
    assert apis
    assert apis <= CALLS["gateway"]


def test_address_is_split_into_host_and_port() -> None:
    assert (SETTINGS.host, SETTINGS.port) == ("127.0.0.1", 8080)
