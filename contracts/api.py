"""One declaration per conversation: a service's Api is a class of typed methods, client and server both read it."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec

from contracts.vocabulary import Role

Q = TypeVar("Q", bound=msgspec.Struct)
A = TypeVar("A", bound=msgspec.Struct)


class Method(Generic[Q, A]):
    """One question a service answers: its messages, who may ask it, and how long a caller waits.

    Args:
        question: type of the message sent.
        answer: type of the result.
        roles: roles whose token the server accepts; everybody else is refused before the door opens.
        seconds: deadline when the caller sets none.
        anonymous: True where the message itself is the proof (logging in); then no token is asked for.
    """

    service: str
    name: str

    def __init__(
        self,
        question: type[Q],
        answer: type[A],
        *,
        roles: frozenset[Role] = frozenset(),
        seconds: float = 3.0,
        anonymous: bool = False,
    ) -> None:
        self.question = question
        self.answer = answer
        self.roles = roles
        self.seconds = seconds
        self.anonymous = anonymous
        self.encode_request = msgspec.json.Encoder().encode
        self.decode_request = msgspec.json.Decoder(question).decode
        self.decode_response = msgspec.json.Decoder(answer).decode

    def __set_name__(self, owner: type["Api"], name: str) -> None:
        self.name = name

    @property
    def route(self) -> str:
        """Routing key on the broker, `service.method`."""
        return f"{self.service}.{self.name}"


class Api:
    """Base of the Api classes; `service` is the flat that answers."""

    service: str

    def __init_subclass__(cls, *, service: str) -> None:
        # Methods were bound before this hook ran, so they learn the service's name here.
        cls.service = service
        for method in cls.methods():
            method.service = service

    @classmethod
    def methods(cls) -> Iterator[Method[Any, Any]]:
        """Every method declared on this Api."""
        return (value for value in vars(cls).values() if isinstance(value, Method))
