"""An Api served over nameko RPC: token, role and message are checked before the handler runs."""

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
from chassis.countersigning import handle_countersigned
from chassis.handlers import MethodHandler
from chassis.runtime import Runtime
from chassis.topology import RPC, rpc_queue
from contracts.api import Method
from contracts.envelope import Actor, CallContext, RpcReply, RpcRequest
from contracts.errors.base import Refusal
from contracts.errors.execution import RequestTooLarge, ServiceUnavailable
from contracts.errors.request import InvalidRequest, RoleForbidden
from contracts.limits import check_limits
from contracts.vocabulary import Role
from contracts.wiring import CALLS

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)

_encode = msgspec.json.Encoder().encode
_decode_request = msgspec.json.Decoder(RpcRequest).decode
_NUL, _NUL_ESCAPE = "U+0000", b"\\u0000"
_NUL_IN_TEXT = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The escape of NUL, but not an escaped backslash followed by `u0000`."""
_REDELIVERED = _encode(RpcReply(problem=ServiceUnavailable().problem()))


class ApiQueue(SharedExtension, ProviderCollector):
    """The service's classic queue `rpc-<service>`; dispatches calls to entrypoints by routing key."""

    consumer = Consumer()

    @property
    def concurrency(self) -> int:
        """The number of workers."""
        workers: int = self.container.config["workers"]
        return workers

    def setup(self) -> None:
        """Register with the consumer before it starts."""
        service = self.container.service_name
        self.queue = Queue(
            rpc_queue(service),
            exchange=Exchange(RPC, durable=True, type="topic"),
            routing_key=f"{service}.*",
            durable=True,
        )
        self._by_route = {provider.method.route: provider for provider in self._providers}
        self.consumer.register_provider(self)

    def register_provider(self, provider: Any) -> None:
        """Add an entrypoint; the order of setup does not matter."""
        super().register_provider(provider)
        self._by_route = {entrypoint.method.route: entrypoint for entrypoint in self._providers}

    def stop(self) -> None:
        """Nothing: the entrypoints have cancelled the consumer."""

    def handle_message(self, body: bytes, message: Any) -> None:
        """Dispatch a call; a call of an unknown route is dropped, and its caller times out."""
        entrypoint = self._by_route.get(message.delivery_info["routing_key"])
        if entrypoint is None:
            message.ack()
            return
        entrypoint.handle_message(body, message)


class ApiEntrypoint(Entrypoint):
    """A method of the Api."""

    queue = ApiQueue()
    runtime = Runtime()

    def __init__(self, method: Method[Any, Any], **options: Any) -> None:
        self.method = method
        super().__init__(**options)

    def setup(self) -> None:
        """Register with the queue."""
        self.queue.register_provider(self)

    def stop(self) -> None:
        """Take no further call."""
        self.queue.consumer.cancel()

    def handle_message(self, body: bytes, message: Any) -> None:
        """Run the handler in a worker, send the reply, then acknowledge the message.

        A redelivered call was begun by a process that died, at an unknown point. It is answered with
        ServiceUnavailable, so that no call is handled and journalled twice; the caller may repeat it.
        """
        if message.delivery_info.get("redelivered"):
            self._reply(message, None, _REDELIVERED, None)
            return
        self.container.spawn_worker(self, (body,), {}, handle_result=partial(self._reply, message))

    def _reply(self, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        properties = message.properties
        if exc_info is None and properties.get("reply_to"):
            self.runtime.rpc_client.answer(properties["reply_to"], properties.get("correlation_id", ""), result)
        self.queue.consumer.ack_message(message)
        return result, exc_info


def rpc_method(handler: MethodHandler) -> Callable[[Any, bytes], bytes]:
    """The entrypoint of a handler's method, a method of chassis.service.Service."""

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
            rule=handler.access,
            token="" if method.anonymous else context.token,
            traceparent=context.traceparent,
            reading=handler.reading,
        )
        handle = handler.handle if method.countersigned is None else partial(handle_countersigned, handler)
        response = units.run(make_context, work, actor, request, handle)
    except Refusal as refusal:
        return _encode(RpcReply(problem=refusal.problem()))
    return _encode(RpcReply(result=msgspec.Raw(_encode(response))))


def _checked(runtime: Runtime, method: Method[Q, A], body: bytes) -> tuple[CallContext, Q, Actor]:
    """The call's context, message and actor.

    Raises:
        TokenInvalid, RoleForbidden, InvalidRequest, RequestTooLarge.
    """
    if len(body) > method.limits.size:
        raise RequestTooLarge(limit=str(method.limits.size))
    try:
        request = _decode_request(body)
    except (msgspec.MsgspecError, RecursionError):
        raise InvalidRequest(field="request") from None
    actor = _actor(runtime, method, request.context.token)
    if has_nul(body):
        raise InvalidRequest(field=_NUL)
    try:
        message = method.decode_request(request.message)
    except (msgspec.MsgspecError, RecursionError):
        raise InvalidRequest(field="message") from None
    check_limits(message, method.limits)
    return request.context, message, actor


def has_nul(encoded: bytes) -> bool:
    """Whether a string in this JSON contains NUL, which PostgreSQL does not store; checked for every request."""
    return _NUL_ESCAPE in encoded and _NUL_IN_TEXT.search(encoded) is not None


def _actor(runtime: Runtime, method: Method[Q, A], token: str) -> Actor:
    if method.anonymous:
        return units.service_actor(runtime)
    actor = runtime.keyring.actor(token, now=time())
    if actor.role not in method.roles or not _can_call(actor, method.service):
        raise RoleForbidden
    return actor


def _can_call(actor: Actor, service: str) -> bool:
    """With its own token a service calls only the services that the wiring allows."""
    return actor.role is not Role.SERVICE or service in CALLS.get(actor.subject, frozenset())
