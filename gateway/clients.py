"""What handlers reach the house with: the bus, the keys, the documents data plane, made once per process."""

import asyncio
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
from contracts.errors import InvalidRequest, Refusal, RequestStalled, RequestTypeUnsupported
from contracts.identity import EndedSince, Identity
from contracts.wiring import GATEWAY
from gateway.possession import SeenProofs
from gateway.quotas import Quotas
from gateway.request_state import request_state_of
from gateway.settings import GatewaySettings
from gateway.streaming import DataPlane

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

_JSON = "application/json"
_PATIENCE_AT_START = 2.0


@dataclass(frozen=True, slots=True)
class RpcClients:
    """One process's lines into the house."""

    settings: GatewaySettings
    keyring: Keyring
    bus: Bus
    data_plane: DataPlane
    quotas: Quotas
    proofs: SeenProofs

    async def missing_parts(self) -> tuple[str, ...]:
        """Names of the parts out of reach that only some requests need."""
        return () if await self.data_plane.is_reachable() else ("documents",)


def clients_of(app: Litestar) -> RpcClients:
    """The lines of this application, once it has started."""
    return cast(RpcClients, app.state["clients"])


@asynccontextmanager
async def connected(app: Litestar) -> AsyncIterator[None]:
    """Open the lines for the life of the application; a broker that is away is dialled again in the background."""
    settings = cast(GatewaySettings, app.state["settings"])
    keyring = Keyring.from_file(GATEWAY, settings.trusted_keys)
    bus = await Bus.connect(settings.amqp_url, seconds=_PATIENCE_AT_START)
    data_plane = DataPlane(settings.documents_url, settings.stall_seconds)
    quotas, proofs = Quotas(settings.gateways, settings.strangers_a_minute), SeenProofs(settings.public_url)
    app.state["clients"] = RpcClients(settings, keyring, bus, data_plane, quotas, proofs)
    looking = asyncio.create_task(_learn_ended_sessions(bus, keyring.revocations))
    try:
        yield
    finally:
        looking.cancel()
        await data_plane.close()
        await bus.close()


async def _learn_ended_sessions(bus: Bus, revocations: Revocations) -> None:
    """Look again and again; while identity does not answer, sessions known to have ended stay ended."""
    while True:
        try:
            found = await bus.call(Identity.ended_sessions, EndedSince(seconds=revocations.seconds_to_ask(time())))
            revocations.learn(found.sessions, now=time())
        except Refusal as refusal:
            structlog.get_logger().warning("ended_sessions_unknown", code=refusal.code)
        await asyncio.sleep(LOOK_SECONDS)


class Caller(Request[Any, Any, State]):
    """A request that can ask the house questions in its sender's name."""

    __slots__ = ()

    @property
    def clients(self) -> RpcClients:
        """The lines into the house."""
        return clients_of(self.app)

    async def ask(self, method: Method[Q, A], message: Q) -> A:
        """Ask a service with the sender's token; raises what the service refuses."""
        return await self.clients.bus.call(
            method, message, token=request_state_of(self.scope).token, traceparent=tracing.current_traceparent()
        )

    async def body(self) -> bytes:
        """The whole body of a small request.

        Raises:
            RequestTypeUnsupported, RequestStalled, InvalidRequest: of another type, too slow, or cut off.
        """
        expected = self.route_handler.opt.get("takes", _JSON)
        if self.headers.get("content-type", "").partition(";")[0].strip().lower() != expected:
            raise RequestTypeUnsupported(expected=expected)
        try:
            async with asyncio.timeout(self.clients.settings.stall_seconds):
                return await super().body()
        except TimeoutError:
            raise RequestStalled from None
        except InternalServerException:
            raise InvalidRequest(field="body") from None

    async def json(self) -> Any:
        """The body as the type the handler's `data` declares, strictly: the framework would read "1" as true.

        Raises:
            InvalidRequest: naming the field.
        """
        declared = self.route_handler.parsed_data_field
        wanted = declared.annotation if declared is not None else msgspec.Raw
        try:
            return msgspec.json.decode(await self.body(), type=wanted)
        except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
            raise InvalidRequest(field=_field_named_in(error)) from None


def _field_named_in(error: Exception) -> str:
    # msgspec ends its texts with "- at `$.path`"; the rest of them may quote what was sent.
    path = str(error).rpartition("`$.")[2].removesuffix("`")
    return path if path.replace(".", "").replace("_", "").isalnum() else "body"
