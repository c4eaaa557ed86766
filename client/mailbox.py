"""Client of the development stack's mailbox, where its e-mails and text messages arrive."""

import re

import msgspec
import requests

from client.waiting import wait_for
from deploy.dev.mailbox.messages import Message

_SECONDS = 20
_CODE = re.compile(r"\b[0-9]{6}\b")


class _Found(msgspec.Struct, frozen=True):
    messages: list[Message]


class Mailbox:
    """The mailbox at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def messages(self, to: str) -> list[Message]:
        """Messages to an address, newest first."""
        answer = requests.get(f"{self.url}/messages.json", params={"to": to}, timeout=_SECONDS)
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=_Found).messages

    def newest(self, to: str) -> int:
        """Number of the newest message to an address, 0 if there is none."""
        return max((message.number for message in self.messages(to)), default=0)

    def code_sent_to(self, to: str, *, after: int) -> str:
        """The six-digit code in a message to an address numbered above `after`.

        Raises TimeoutError if none comes.
        """

        def look() -> str | None:
            codes = (_CODE.search(message.body) for message in self.messages(to) if message.number > after)
            return next((code.group() for code in codes if code), None)

        return wait_for(look, "code", _SECONDS)

    def set_outage(self, **away: bool) -> None:
        """Make providers unavailable, or available again: `sms`, `mail`."""
        requests.post(f"{self.url}/outage", json=away, timeout=_SECONDS).raise_for_status()
