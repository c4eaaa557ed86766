"""Clients of the services, created once per process, and the request class through which handlers call them."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import time
from typing import Any, TypeVar, cast

import msgspec
import structlog
from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.exceptions import InternalServerException

from chassis import tracing
from chassis.bus import Bus
from chassis.revocations import LOOK_SECONDS, Revocations
from chassis.tokens import Keyring
from contracts.api import Method
from contracts.errors.base import Refusal
from contracts.errors.execution import RequestTypeUnsupported
from contracts.errors.request import FieldMissing, InvalidRequest, RequestStalled
from contracts.identity.api import Identity
from contracts.identity.logins import ListEndedSessions
from contracts.wiring import GATEWAY
from gateway.browser_sessions import BrowserSessions
from gateway.live_feed import LiveFeed
from gateway.live_streams import LiveStreams
from gateway.quotas import Quotas
from gateway.readiness import GatewayReadiness
from gateway.request_state import request_state_of
from gateway.settings import GatewaySettings
from gateway.streaming import DataPlane

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

_JSON = "application/json"
_MISSING = re.compile(r"missing required field `(\w{1,64})`")
_UNKNOWN = re.compile(r"unknown field `(\w{1,64})`")
_NAMES: dict[Any, str] = {bool: "true, false", str: '"..."', int: "0", float: "0.0"}
"""Type of a field -> how its value is written in JSON."""
_CONNECT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class RpcClients:
    """Everything handlers and guards share: settings, keys, RPC bus, documents data plane, quotas, browsers, pages
    kept up to date, readiness."""

    settings: GatewaySettings
    keyring: Keyring
    bus: Bus
    data_plane: DataPlane
    quotas: Quotas
    browsers: BrowserSessions
    live: LiveStreams
    readiness: GatewayReadiness


def clients_of(app: Litestar) -> RpcClients:
    """The clients of an application that has started."""
    return cast(RpcClients, app.state["clients"])


@asynccontextmanager
async def open_clients(app: Litestar) -> AsyncIterator[None]:
    """Lifespan of the application: connect the clients, close them at the end.

    The gateway starts without a broker, too: the bus reconnects in the background.
    """
    settings = cast(GatewaySettings, app.state["settings"])
    keyring = Keyring.from_file(GATEWAY, settings.trusted_keys)
    bus = await Bus.connect(settings.amqp_url, ca_file=settings.amqp_ca_file, seconds=_CONNECT_SECONDS)
    data_plane = DataPlane(settings.documents_url, settings.stall_seconds)
    quotas = Quotas(settings.gateways, settings.strangers_a_minute)
    readiness = GatewayReadiness(bus, keyring, data_plane)
    live = LiveStreams()
    bus.with_each_connection(LiveFeed(live.announce, live.announce_all).listen)
    app.state["clients"] = RpcClients(
        settings, keyring, bus, data_plane, quotas, BrowserSessions(bus), live, readiness
    )
    polling = [
        asyncio.create_task(_poll_ended_sessions(bus, keyring.revocations)),
        asyncio.create_task(readiness.keep_looking()),
    ]
    try:
        yield
    finally:
        for poller in polling:
            poller.cancel()
        await data_plane.close()
        await bus.close()


async def _poll_ended_sessions(bus: Bus, revocations: Revocations) -> None:
    """Poll identity for ended sessions; while it does not answer, the sessions known to have ended stay revoked."""
    while True:
        try:
            ended = await bus.call(
                Identity.ended_sessions, ListEndedSessions(seconds=revocations.seconds_to_ask(time()))
            )
            revocations.learn(ended.sessions, now=time())
        except Refusal as refusal:
            structlog.get_logger().warning("ended_sessions_unknown", code=refusal.code)
        await asyncio.sleep(LOOK_SECONDS)


class ApiRequest(Request[Any, Any, State]):
    """An HTTP request that can call services with its sender's token."""

    __slots__ = ()

    @property
    def clients(self) -> RpcClients:
        return clients_of(self.app)

    async def call(self, method: Method[Q, A], message: Q) -> A:
        """Call a service method with the sender's token and trace.

        Raises:
            Refusal: of the service, or DeadlineExceeded, ServiceUnavailable.
        """
        return await self.clients.bus.call(
            method, message, token=request_state_of(self.scope).token, traceparent=tracing.current_traceparent()
        )

    async def body(self) -> bytes:
        """The whole body of a request of limited size.

        Raises:
            RequestTypeUnsupported: the content type is not the route's.
            RequestStalled: the body did not arrive in time. InvalidRequest: the client disconnected.
        """
        expected = self.route_handler.opt.get("takes", _JSON)
        if self.headers.get("content-type", "").partition(";")[0].strip().lower() != expected:
            raise RequestTypeUnsupported(expected=expected)
        return await self.limited_body()

    async def limited_body(self) -> bytes:
        """As `body`, of any content type."""
        try:
            async with asyncio.timeout(self.clients.settings.stall_seconds):
                return await super().body()
        except TimeoutError:
            raise RequestStalled from None
        except InternalServerException:
            raise InvalidRequest(field="body") from None

    async def json(self) -> Any:
        """The body, decoded strictly as the type of the handler's `data`: the framework would accept "1" for true.

        Raises:
            InvalidRequest: with the name of the field.
        """
        declared = self.route_handler.parsed_data_field
        expected = declared.annotation if declared is not None else msgspec.Raw
        try:
            return msgspec.json.decode(await self.body(), type=expected)
        except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
            raise _refusal_for(error, expected) from None


def _refusal_for(error: Exception, expected: Any) -> Refusal:
    """The refusal of a body, which names the field that is missing or wrong.

    msgspec ends its messages with "- at `$.path`"; the rest may quote values that were sent.
    """
    text = str(error)
    path = text.rpartition("`$.")[2].removesuffix("`") if "`$." in text else ""
    path = path if path.replace(".", "").replace("_", "").isalnum() else ""
    missing, unknown = _MISSING.search(text), _UNKNOWN.search(text)
    if missing is None:
        found = f"{path}.{unknown[1]}".lstrip(".") if unknown else path
        return InvalidRequest(field=found or "body")
    return FieldMissing(field=f"{path}.{missing[1]}".lstrip("."), expected=_fields_of(expected, missing[1]))


def _fields_of(expected: Any, field: str) -> str:
    """What a right field looks like, as far as the declared type says it."""
    for info in msgspec.structs.fields(expected) if isinstance(expected, type) else ():
        if info.encode_name == field:
            return _NAMES.get(info.type, "JSON")
    return "JSON"
