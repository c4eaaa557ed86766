"""Readiness of a service: its runtime is asked once, and its own parts are asked with that answer."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest
from sqlalchemy import create_engine

from chassis.context import RequestContext
from chassis.http import HttpRequest
from chassis.rpc_client import RpcClient
from chassis.runtime import Runtime
from chassis.service import Service, ServiceDefinition


class _Runtime:
    def __init__(self, missing: Sequence[str]) -> None:
        self._missing = missing
        self.asked = 0
        self.settings = SimpleNamespace(metrics_address="")

    def missing_parts(self) -> list[str]:
        self.asked += 1
        return list(self._missing)


@pytest.mark.parametrize(("of_runtime", "of_service"), [((), ()), (("database",), ()), (("broker",), ("scanner",))])
def test_ready_asks_the_runtime_once(of_runtime: tuple[str, ...], of_service: tuple[str, ...]) -> None:
    given: list[Sequence[str]] = []

    def missing_parts(_runtime: Runtime, _tools: None, missing: Sequence[str]) -> list[str]:
        given.append(missing)
        return list(of_service)

    service, runtime = Service(), _Runtime(of_runtime)
    service.name, service.tools, service.runtime = "example", None, cast(Runtime, runtime)
    service.definition = ServiceDefinition[None](
        name="example", context=RequestContext, load_tools=lambda: None, handlers=(), missing_parts=missing_parts
    )
    response = service.ready(cast(HttpRequest, None))
    expected = [*of_runtime, *of_service]
    assert msgspec.json.decode(response.get_data())["missing"] == expected
    assert response.status_code == (503 if expected else 200)
    assert (runtime.asked, given) == (1, [of_runtime])


@pytest.mark.parametrize(
    ("connected", "consuming", "missing"),
    [(True, True, []), (True, False, ["broker"]), (False, True, ["broker"]), (False, False, ["broker"])],
)
def test_a_process_is_ready_once_it_takes_calls_and_events(
    connected: bool, consuming: bool, missing: list[str]
) -> None:
    runtime = Runtime()
    runtime.rpc_client = cast(RpcClient, SimpleNamespace(ready=connected))
    runtime.engine = create_engine("sqlite://")
    runtime.consuming = consuming
    assert runtime.missing_parts() == missing
