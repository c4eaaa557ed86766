"""Typed declaration of a service's RPC methods, read by both its clients and its server."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import msgspec

from contracts.limits import DEFAULT_LIMITS, MessageLimits
from contracts.vocabulary import Role

RequestT = TypeVar("RequestT", bound=msgspec.Struct)
ResponseT = TypeVar("ResponseT", bound=msgspec.Struct)


class Method(Generic[RequestT, ResponseT]):
    """One RPC method: its messages, the roles that may call it, and its default deadline.

    Args:
        request: type of the message sent.
        response: type of the result.
        roles: roles whose tokens the server accepts; others are refused before the handler runs.
        seconds: deadline when the caller sets none.
        anonymous: no token is required, because the message itself is the proof (logging in) or the result is public.
        countersigned: whether a request takes effect only once a second operator, or agent of the organisation, has
            sent the same.
        limits: of the message's size, strings and lists; the server refuses a larger one.
    """

    service: str
    name: str

    def __init__(
        self,
        request: type[RequestT],
        response: type[ResponseT],
        *,
        roles: frozenset[Role] = frozenset(),
        seconds: float = 3.0,
        anonymous: bool = False,
        countersigned: Callable[[RequestT], bool] | None = None,
        limits: MessageLimits = DEFAULT_LIMITS,
    ) -> None:
        self.request = request
        self.response = response
        self.roles = roles
        self.seconds = seconds
        self.anonymous = anonymous
        self.countersigned = countersigned
        self.limits = limits
        self.encode_request = msgspec.json.Encoder().encode
        self.decode_request = msgspec.json.Decoder(request).decode
        self.decode_response = msgspec.json.Decoder(response).decode

    def __set_name__(self, owner: type["Api"], name: str) -> None:
        self.name = name

    @property
    def route(self) -> str:
        return f"{self.service}.{self.name}"


def always(_request: msgspec.Struct) -> bool:
    """For `countersigned`: whatever is asked."""
    return True


class Api:
    """Base of the RPC declarations; `service` names the service that answers."""

    service: str

    def __init_subclass__(cls, *, service: str) -> None:
        # __set_name__ of the methods ran before this hook, when `service` was not known yet.
        cls.service = service
        for method in cls.methods():
            method.service = service

    @classmethod
    def methods(cls) -> Iterator[Method[Any, Any]]:
        return (value for value in vars(cls).values() if isinstance(value, Method))
