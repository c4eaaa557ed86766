"""Handlers of all services have one shape, (ctx, request) -> response; a service that lacks one does not start."""

import importlib
import inspect
import typing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import (
    Declaration,
    EventHandler,
    MethodHandler,
    ReceivedEvent,
    Tick,
    TimerHandler,
    TransferHandler,
    declarations_in,
    every,
    handles,
)
from chassis.service import DefinitionError, ServiceDefinition, service_class
from contracts.consent.api import Consent
from contracts.consent.authorisations import Done, SetUnmasking
from contracts.envelope import Event
from contracts.wiring import SERVICES
from deploy.dev.parts import SERVICE_MODULES
from tests.support.comparisons import check_all

DEFINITIONS: dict[str, ServiceDefinition[Any]] = {
    service: importlib.import_module(SERVICE_MODULES[service]).SERVICE for service in SERVICES
}
DECLARED = [(service, handler) for service in SERVICES for handler in DEFINITIONS[service].declarations()]
RULE = unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP)


@pytest.mark.parametrize("service", SERVICES)
def test_a_handler_takes_context_and_request_and_returns_the_response(service: str) -> None:
    definition = DEFINITIONS[service]
    declared = {f"{service}.{handler.name}": handler for handler in definition.declarations()}
    found = {name: _signature(handler) for name, handler in declared.items()}
    expected = {name: _declared_by(handler, definition.context) for name, handler in declared.items()}
    check_all("signature of a handler", found, expected)


def _signature(handler: Declaration) -> tuple[Any, ...]:
    """Name of its first parameter, kinds and types of all, and the type returned."""
    parameters = list(inspect.signature(handler.handle).parameters.values())
    hints = typing.get_type_hints(handler.handle)
    types = [hints.get(parameter.name) for parameter in parameters]
    return parameters[0].name, [parameter.kind for parameter in parameters], types, hints.get("return")


def _declared_by(handler: Declaration, context: type) -> tuple[Any, ...]:
    request, response = _served_by(handler)
    return "ctx", [inspect.Parameter.POSITIONAL_OR_KEYWORD] * 2, [context, request], response


def _served_by(handler: Declaration) -> tuple[Any, Any]:
    """Request and response of what a handler serves."""
    match handler:
        case MethodHandler():
            return handler.method.request, handler.method.response
        case EventHandler(bundled=True):
            event = _events_in_common(handler)
            return tuple[ReceivedEvent[event], ...], type(None)  # type: ignore[valid-type]
        case EventHandler():
            return handler.event, type(None)
        case TimerHandler():
            return Tick, type(None)
        case TransferHandler(read=read, answer=answer):
            [response] = inspect.signature(answer).parameters
            return typing.get_type_hints(read)["return"], typing.get_type_hints(answer)[response]
    raise TypeError(handler)


@pytest.mark.parametrize("service", SERVICES)
def test_every_public_function_of_the_handlers_modules_is_a_handler(service: str) -> None:
    for module in DEFINITIONS[service].handlers:
        declared = {handler.handle.__name__ for handler in declarations_in([module])}
        functions = {
            name
            for name, function in inspect.getmembers(module, inspect.isfunction)
            if function.__module__ == module.__name__ and not name.startswith("_")
        }
        assert functions == declared, module.__name__


@pytest.mark.parametrize("service", SERVICES)
def test_every_module_of_the_handlers_is_named_by_the_service(service: str) -> None:
    package = importlib.import_module(f"services.{service}.handlers")
    files = {path.stem for folder in package.__path__ for path in Path(folder).glob("*.py")}
    assert {module.__name__.rpartition(".")[2] for module in DEFINITIONS[service].handlers} == files - {"__init__"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_without_one_of_its_handlers_does_not_start(service: str) -> None:
    definition = DEFINITIONS[service]
    for module in definition.handlers:
        declared = list(declarations_in([module]))
        if any(isinstance(handler, MethodHandler | EventHandler) for handler in declared):
            others = tuple(other for other in definition.handlers if other is not module)
            with pytest.raises(DefinitionError, match="without a handler"):
                service_class(_with(definition, others))


def set_unmasking(ctx: Any, request: SetUnmasking) -> Done:
    return Done()


def sweep(ctx: Any, tick: Tick) -> None:
    return


def test_a_service_with_two_handlers_of_a_method_does_not_start() -> None:
    second = _module_of(handles(Consent.set_unmasking, access=RULE)(set_unmasking))
    with pytest.raises(DefinitionError, match=r"more than one handler: consent\.set_unmasking"):
        service_class(_with(DEFINITIONS["consent"], (*DEFINITIONS["consent"].handlers, second)))


def test_a_service_with_the_handler_of_another_service_does_not_start() -> None:
    foreign = _module_of(handles(Consent.set_unmasking, access=RULE)(set_unmasking))
    with pytest.raises(DefinitionError, match=r"of another service, .*: consent\.set_unmasking"):
        service_class(_with(DEFINITIONS["records"], (*DEFINITIONS["records"].handlers, foreign)))


def test_a_service_with_two_timers_of_one_name_does_not_start() -> None:
    second = _module_of(every(seconds=1, access=RULE)(sweep))
    with pytest.raises(DefinitionError, match="two handlers are called sweep"):
        service_class(_with(DEFINITIONS["consent"], (*DEFINITIONS["consent"].handlers, second)))


def _events_in_common(handler: EventHandler) -> type[Event]:
    """The event that a function listens to, or the base of all that it listens to."""
    events = [
        other.event for _, other in DECLARED if isinstance(other, EventHandler) and other.handle is handler.handle
    ]
    return next(base for base in handler.event.__mro__ if all(issubclass(event, base) for event in events))


def _with(definition: ServiceDefinition[Any], handlers: tuple[ModuleType, ...]) -> ServiceDefinition[Any]:
    return ServiceDefinition(
        name=definition.name, context=definition.context, load_tools=definition.load_tools, handlers=handlers
    )


def _module_of(handler: Any) -> ModuleType:
    """A module that defines this handler and nothing else."""
    module = ModuleType(handler.__module__)
    setattr(module, handler.__name__, handler)
    return module
