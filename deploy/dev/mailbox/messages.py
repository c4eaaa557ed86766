"""The messages received, newest first, and which provider is away."""

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
    """One e-mail or text message to one recipient; `number` grows with every message."""

    number: int
    channel: Channel
    sender: str
    to: str
    subject: str
    body: str
    received_at: str


@dataclass
class Messages:
    """What has been received, the last few thousand, in memory."""

    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _kept: deque[Message] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _away: dict[Channel, bool] = field(default_factory=lambda: {"sms": False, "mail": False})

    def receive(self, channel: Channel, sender: str, to: str, body: str, subject: str = "") -> Message:
        """Keep a message."""
        received_at = datetime.now(UTC).isoformat()
        message = Message(next(self._numbers), channel, sender, to, subject, body, received_at)
        self._kept.appendleft(message)
        return message

    def find(self, to: str | None = None) -> list[Message]:
        """Newest first; to one recipient, or to all."""
        return [message for message in self._kept if to is None or message.to == to]

    def clear(self) -> None:
        """Forget every message; numbers go on."""
        self._kept.clear()

    def set_away(self, channel: Channel, away: bool) -> None:
        """Take a provider away, or bring it back."""
        self._away[channel] = away

    def is_away(self, channel: Channel) -> bool:
        return self._away[channel]

    @property
    def outage(self) -> dict[Channel, bool]:
        return dict(self._away)
