"""Serving an Api over nameko RPC: deadline, token, role and message are checked before the method runs."""

import re
from collections.abc import Callable
from functools import partial
from time import time
from typing import Any, TypeVar, cast

import msgspec
from kombu import Exchange, Queue
from nameko.extensions import Entrypoint, ProviderCollector, SharedExtension

from chassis import units
from chassis.consumer import Consumer
from chassis.context import UnitOfWork
from chassis.handlers import MethodHandler
from chassis.runtime import Runtime
from chassis.topology import RPC
from contracts.api import Method
from contracts.envelope import Actor, CallContext, RpcReply, RpcRequest
from contracts.errors import InvalidRequest, Refusal, RoleForbidden, ServiceUnavailable
from contracts.vocabulary import Role
from contracts.wiring import CALLS

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

_encode = msgspec.json.Encoder().encode
_decode_request = msgspec.json.Decoder(RpcRequest).decode
_NUL, _NUL_ESCAPE = "U+0000", b"\\u0000"
_NUL_IN_TEXT = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The escape itself, and not a backslash that somebody wrote before `u0000`."""
_DIED = _encode(RpcReply(problem=ServiceUnavailable().problem()))


class ApiQueue(SharedExtension, ProviderCollector):
    """The service's classic queue `rpc-<service>`; finds the entrypoint of each call by its routing key."""

    consumer = Consumer()

    @property
    def concurrency(self) -> int:
        """As many calls at a time as settings say."""
        workers: int = self.container.config["workers"]
        return workers

    def setup(self) -> None:
        """Join the consumer before it starts."""
        service = self.container.service_name
        self.queue = Queue(
            f"rpc-{service}",
            exchange=Exchange(RPC, durable=True, type="topic"),
            routing_key=f"{service}.*",
            durable=True,
        )
        self._by_route = {provider.method.route: provider for provider in self._providers}
        self.consumer.register_provider(self)

    def register_provider(self, provider: Any) -> None:
        """Note an entrypoint; order of setup does not matter."""
        super().register_provider(provider)
        self._by_route = {one.method.route: one for one in self._providers}

    def stop(self) -> None:
        """Stop taking calls."""
        self.consumer.unregister_provider(self)

    def handle_message(self, body: bytes, message: Any) -> None:
        """Hand a call to its entrypoint; one nobody serves is dropped, its caller meets the deadline."""
        entrypoint = self._by_route.get(message.delivery_info["routing_key"])
        if entrypoint is None:
            message.ack()
            return
        entrypoint.handle_message(body, message)


class ApiEntrypoint(Entrypoint):
    """One served method."""

    queue = ApiQueue()
    runtime = Runtime()

    def __init__(self, method: Method[Any, Any], **options: Any) -> None:
        self.method = method
        super().__init__(**options)

    def setup(self) -> None:
        """Register with the queue."""
        self.queue.register_provider(self)

    def stop(self) -> None:
        """Leave the queue."""
        self.queue.unregister_provider(self)

    def handle_message(self, body: bytes, message: Any) -> None:
        """Run the method in a worker; its reply goes back and then the message is acknowledged.

        What the broker hands out again was begun by somebody who died: nobody knows how far they came. The caller is
        told at once and asks again if they wish, so that one question is never answered, and journalled, twice.
        """
        if message.delivery_info.get("redelivered"):
            self._answer(message, None, _DIED, None)
            return
        self.container.spawn_worker(self, (body,), {}, handle_result=partial(self._answer, message))

    def _answer(self, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        properties = message.properties
        if exc_info is None and properties.get("reply_to"):
            self.runtime.rpc_client.answer(properties["reply_to"], properties.get("correlation_id", ""), result)
        self.queue.consumer.ack_message(message)
        return result, exc_info


def rpc_method(handler: MethodHandler) -> Callable[[Any, bytes], bytes]:
    """The entrypoint that serves a handler's method; its `self` is a chassis.service.Service."""

    def serve(self: Any, body: bytes) -> bytes:
        return _run(self.runtime, self.context, handler, body)

    serve.__name__ = handler.name
    return cast(Callable[[Any, bytes], bytes], ApiEntrypoint.decorator(handler.method)(serve))


def _run(runtime: Runtime, make_context: units.MakeContext[Any], handler: MethodHandler, body: bytes) -> bytes:
    method = handler.method
    try:
        with units.rejected(method.route):
            context, request, actor = _checked(runtime, method, body)
        work = UnitOfWork(
            kind="call",
            name=method.route,
            deadline=context.deadline,
            token="" if method.anonymous else context.token,
            traceparent=context.traceparent,
            reading=handler.reading,
        )
        response = units.run(make_context, work, actor, request, handler.handle)
    except Refusal as refusal:
        return _encode(RpcReply(problem=refusal.problem()))
    return _encode(RpcReply(result=msgspec.Raw(_encode(response))))


def _checked(runtime: Runtime, method: Method[Q, A], body: bytes) -> tuple[CallContext, Q, Actor]:
    """Who asks, what, until when.

    Raises:
        TokenInvalid, RoleForbidden, InvalidRequest: before any work is done.
    """
    try:
        request = _decode_request(body)
    except msgspec.MsgspecError:
        raise InvalidRequest(field="request") from None
    actor = _actor(runtime, method, request.context.token)
    if has_nul(body):
        raise InvalidRequest(field=_NUL)
    try:
        message = method.decode_request(request.message)
    except msgspec.MsgspecError:
        raise InvalidRequest(field="message") from None
    return request.context, message, actor


def has_nul(encoded: bytes) -> bool:
    """Whether a text in this JSON holds the character that no shelf takes; looked for where everything passes."""
    return _NUL_ESCAPE in encoded and _NUL_IN_TEXT.search(encoded) is not None


def _actor(runtime: Runtime, method: Method[Q, A], token: str) -> Actor:
    if method.anonymous:
        return units.service_actor(runtime)
    actor = runtime.keyring.actor(token, now=time())
    if actor.role not in method.roles or not _can_call(actor, method.service):
        raise RoleForbidden
    return actor


def _can_call(actor: Actor, service: str) -> bool:
    """A service speaks in its own name only to those the wiring lets it call."""
    return actor.role is not Role.SERVICE or service in CALLS.get(actor.subject, frozenset())
