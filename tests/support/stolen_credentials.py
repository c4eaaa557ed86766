"""What the credentials of one process open, for whoever has stolen them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import time
from typing import Any

import msgspec
import pika
from joserfc.jwk import OKPKey
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

from chassis.broker_address import pika_parameters
from chassis.bus import Bus
from chassis.rpc_client import OPAQUE
from chassis.tokens import Signer
from contracts.api import Method
from contracts.envelope import CallContext, RpcReply, RpcRequest
from contracts.wiring import SERVICES
from deploy.dev.stack import Stack

ACCESS_REFUSED, RESOURCE_LOCKED = 403, 405
"""A queue that is exclusive to another connection is locked even for the user who declared it."""


@dataclass(frozen=True)
class Thief:
    """Has the broker's password and the keys of one process."""

    platform: Stack
    process: str

    @contextmanager
    def channel(self) -> Iterator[BlockingChannel]:
        """A channel with publisher confirms, as the process's user."""
        addresses = self.platform.addresses
        parameters = pika_parameters(addresses.amqp_url_of(self.process), addresses.amqp_ca_file)
        connection = pika.BlockingConnection(parameters)
        try:
            channel = connection.channel()
            channel.confirm_delivery()
            yield channel
        finally:
            connection.close()

    def allowed(self, acts: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Those of these acts, a channel's method and its arguments, that the broker does not refuse."""
        with self.channel() as first:
            return [act for act in acts if self._is_allowed(first.connection.channel(), *act)]

    @staticmethod
    def _is_allowed(channel: BlockingChannel, name: str, *arguments: Any) -> bool:
        channel.confirm_delivery()
        try:
            getattr(channel, name)(*arguments)
        except ChannelClosedByBroker as closed:
            assert closed.reply_code in {ACCESS_REFUSED, RESOURCE_LOCKED}, (name, arguments, closed)
            return False
        channel.close()
        return True

    def publish(self, exchange: str, key: str, body: bytes, headers: dict[str, Any] | None = None) -> None:
        """Send a message that the broker confirms; raises ChannelClosedByBroker, UnroutableError."""
        properties = pika.BasicProperties(delivery_mode=2, headers=headers, **OPAQUE)
        with self.channel() as channel:
            channel.basic_publish(exchange, key, body, properties, mandatory=True)

    async def bus(self) -> Bus:
        """Calls of services."""
        addresses = self.platform.addresses
        return await Bus.connect(addresses.amqp_url_of(self.process), ca_file=addresses.amqp_ca_file)

    def signer(self, issuer: str = "") -> Signer:
        """Signs with the thief's key in the name of an issuer, by default its own; the gateway has no key."""
        if self.process not in SERVICES:
            return Signer(OKPKey.generate_key("Ed25519", {"kid": issuer}), issuer)
        own = Signer.from_file(self.platform.addresses.keys.signing(self.process))
        return Signer(own._key, issuer or self.process)


async def codes_of(thief: Thief, calls: Sequence[tuple[Method[Any, Any], str]]) -> list[str]:
    """The codes of the refusals of calls with these tokens; empty where one is not refused."""
    bus = await thief.bus()
    try:
        codes = []
        for method, token in calls:
            context = CallContext(token=token, deadline=time() + 10, traceparent="")
            body = msgspec.json.encode(RpcRequest(context=context, message=msgspec.Raw(b"{}")))
            problem = msgspec.json.decode(await bus.ask(method.route, body, 10), type=RpcReply).problem
            codes.append("" if problem is None else problem.code)
        return codes
    finally:
        await bus.close()
