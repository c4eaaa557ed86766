"""Routes of the mailbox: an HTML page, JSON, and the switch for simulated outages."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from html import escape
from json import JSONDecodeError
from urllib.parse import quote

from aiohttp import web

from chassis.static import read_text
from deploy.dev.mailbox.messages import Message, Messages

_SHOWN = 200
_STYLE = read_text("deploy.dev.mailbox", "static/page.css")
_PAGE = read_text("deploy.dev.mailbox", "templates/page.html")
_MESSAGE = read_text("deploy.dev.mailbox", "templates/message.html")
_KIND = {"mail": "Courriel / E-mail", "sms": "SMS"}


@dataclass(frozen=True)
class Pages:
    messages: Messages

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.page),
            web.get("/messages.json", self.find),
            web.delete("/messages.json", self.clear),
            web.post("/outage", self.set_outage),
            web.get("/health/ready", self.ready),
        ]

    async def page(self, _request: web.Request) -> web.Response:
        """The latest messages as HTML."""
        return web.Response(text=render(self.messages.find()[:_SHOWN]), content_type="text/html")

    async def find(self, request: web.Request) -> web.Response:
        """`?to=` one recipient, or all: {"messages": [...]}, newest first."""
        found = self.messages.find(request.query.get("to"))
        return web.json_response({"messages": [asdict(message) for message in found]})

    async def clear(self, _request: web.Request) -> web.Response:
        """Delete every message."""
        self.messages.clear()
        return web.Response(status=204)

    async def set_outage(self, request: web.Request) -> web.Response:
        """{"sms": true, "mail": false}, each optional: simulated outages; returns both."""
        try:
            wanted = await request.json()
        except JSONDecodeError:
            wanted = None
        if not isinstance(wanted, dict) or any(type(is_down) is not bool for is_down in wanted.values()):
            raise web.HTTPBadRequest(text='expected {"sms": true or false, "mail": true or false}')
        for channel in ("sms", "mail"):
            if channel in wanted:
                self.messages.set_down(channel, wanted[channel])
        return web.json_response(self.messages.outage)

    async def ready(self, _request: web.Request) -> web.Response:
        return web.json_response({"ready": True})


def render(messages: Iterable[Message]) -> str:
    """The page; everything in a message is escaped."""
    shown = [
        _MESSAGE.format(
            channel=message.channel,
            kind=_KIND[message.channel],
            received_at=escape(message.received_at[:19].replace("T", " ")),
            sender=escape(message.sender),
            to_query=quote(message.to, safe=""),
            to=escape(message.to),
            subject=escape(message.subject),
            body=escape(message.body),
        )
        for message in messages
    ]
    return _PAGE.format(style=_STYLE, messages="".join(shown) or "<p>Rien encore. / Nothing yet.</p>")
