"""What the two services and who asks them send each other, and where."""

import msgspec

EXCHANGE = "bench-floor"
DIRECT_REPLY = "amq.rabbitmq.reply-to"
NEAR, FAR = "near", "far"
SAY, PASS_ON = "say", "pass_on"
TOKEN_REFUSED, UNREADABLE, FAILED = "token_refused", "unreadable", "failed"

ROUTES = {1: f"{NEAR}.{SAY}", 2: f"{NEAR}.{PASS_ON}"}
"""Hops -> routing key."""

# Bytes that no library decodes on the way.
OPAQUE = {"content_type": "application/data", "content_encoding": "binary"}


class Word(msgspec.Struct, frozen=True):
    """What is said is what comes back."""

    text: str


class Context(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Travels with every call. `deadline`: Unix time; `traceparent`: W3C trace context."""

    token: str
    deadline: float
    traceparent: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A call on the wire."""

    context: Context
    message: msgspec.Raw


class Reply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer on the wire: a result, or the code of a problem."""

    result: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"null"))
    problem: str = ""


class Refused(Exception):
    """The answer was a problem; its code is the text."""


encode = msgspec.json.Encoder().encode
decode_request = msgspec.json.Decoder(Request).decode
decode_word = msgspec.json.Decoder(Word).decode
_decode_reply = msgspec.json.Decoder(Reply).decode


def queue_of(service: str) -> str:
    """The classic queue of one of the two services."""
    return f"bench-floor-{service}"


def question(word: Word, context: Context) -> bytes:
    """A call, encoded."""
    return encode(Request(context=context, message=msgspec.Raw(encode(word))))


def answer_in(body: bytes) -> Word:
    """The word that came back.

    Raises:
        Refused: it is a problem.
    """
    reply = _decode_reply(body)
    if reply.problem:
        raise Refused(reply.problem)
    return decode_word(reply.result)
