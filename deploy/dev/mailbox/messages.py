"""Received messages, newest first, and simulated outages of the providers."""

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

Channel = Literal["mail", "sms"]

_KEPT = 5000


@dataclass(frozen=True)
class Message:
    """One e-mail or text message to one recipient; `number` increases with every message."""

    number: int
    channel: Channel
    sender: str
    to: str
    subject: str
    body: str
    received_at: str


@dataclass
class Messages:
    """The last few thousand messages, in memory."""

    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _kept: deque[Message] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _down: dict[Channel, bool] = field(default_factory=lambda: {"sms": False, "mail": False})

    def receive(self, channel: Channel, sender: str, to: str, body: str, subject: str = "") -> Message:
        received_at = datetime.now(UTC).isoformat()
        message = Message(next(self._numbers), channel, sender, to, subject, body, received_at)
        self._kept.appendleft(message)
        return message

    def find(self, to: str | None = None) -> list[Message]:
        """Messages to one recipient, or to all, newest first."""
        return [message for message in self._kept if to is None or message.to == to]

    def clear(self) -> None:
        """Delete every message; numbers continue."""
        self._kept.clear()

    def set_down(self, channel: Channel, down: bool) -> None:
        """Start or end a simulated outage of a provider."""
        self._down[channel] = down

    def is_down(self, channel: Channel) -> bool:
        return self._down[channel]

    @property
    def outage(self) -> dict[Channel, bool]:
        return dict(self._down)
