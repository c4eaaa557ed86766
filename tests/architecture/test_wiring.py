"""The declared wiring equals the code: methods served, calls made, events subscribed to."""

import ast
import importlib
from pathlib import Path

import pytest

from chassis.handlers import Declaration, EventHandler, MethodHandler
from contracts.api import Method
from contracts.wiring import APIS, CALLS, OPEN_METHODS, SERVICES, SUBSCRIPTIONS
from deploy.dev.parts import SERVICE_MODULES
from tests.contract.schemas import declared_events

ROOT = Path(__file__).parents[2]
API_OF = {api.service: api for api in APIS}
CLASS_OF = {api.__name__: api for api in APIS}


def declarations(service: str) -> list[Declaration]:
    declared: list[Declaration] = importlib.import_module(SERVICE_MODULES[service]).SERVICE.declarations()
    return declared


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_serves_exactly_its_api(service: str) -> None:
    served = {handler.method.route for handler in declarations(service) if isinstance(handler, MethodHandler)}
    declared = {method.route for method in API_OF[service].methods()} if service in API_OF else set()
    assert served == declared


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_subscribes_to_exactly_the_declared_events(service: str) -> None:
    subscribed = {handler.event for handler in declarations(service) if isinstance(handler, EventHandler)}
    assert subscribed == SUBSCRIPTIONS[service]


def test_every_event_has_a_subscriber() -> None:
    events = set(declared_events())
    subscribed = {event for listened in SUBSCRIPTIONS.values() for event in listened}
    assert events == subscribed


def test_topics_are_unique_and_start_with_the_name_of_a_service() -> None:
    topics = [event.topic for event in declared_events()]
    assert len(topics) == len(set(topics))
    assert {topic.split(".")[0] for topic in topics} <= set(SERVICES)


@pytest.mark.parametrize("caller", CALLS)
def test_a_caller_calls_exactly_the_declared_services(caller: str) -> None:
    folder = ROOT / ("gateway" if caller == "gateway" else f"services/{caller}")
    called = {CLASS_OF[name].service for path in folder.rglob("*.py") for name in _api_names(path, served_by=caller)}
    if caller in SERVICES and any(handler.access.purposes for handler in declarations(caller)):
        # The chassis asks for it.
        called |= {"consent"} - {caller}
    assert called == CALLS[caller]


def test_open_methods_exist_and_need_no_token() -> None:
    anonymous = {method.route for api in APIS for method in api.methods() if method.anonymous}
    assert anonymous >= OPEN_METHODS


def test_every_method_declares_roles_or_is_anonymous() -> None:
    for api in APIS:
        for method in api.methods():
            assert bool(method.roles) != method.anonymous, method.route


def _api_names(path: Path, *, served_by: str) -> set[str]:
    """Names of Api classes whose methods a file uses, except those served by its own service."""
    return {
        node.value.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in CLASS_OF
        and CLASS_OF[node.value.id].service != served_by
        and isinstance(getattr(CLASS_OF[node.value.id], node.attr, None), Method)
    }
