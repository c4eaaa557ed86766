"""Routes of the mailbox: an HTML page, JSON, and the switch for simulated outages."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from html import escape
from json import JSONDecodeError
from urllib.parse import quote

from aiohttp import web

from deploy.dev.mailbox.messages import Message, Messages

_SHOWN = 200

_PAGE = """\
<!doctype html>
<html lang="fr">
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<title>Boîte aux lettres de développement / Development mailbox</title>
<style>
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
  article {{ border-left: 4px solid #2a6f97; margin: 1rem 0; padding: .2rem 1rem; }}
  article.sms {{ border-color: #d17a22; }}
  header {{ color: #555; font-size: .9rem; }}
  pre {{ font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }}
</style>
<h1>Boîte aux lettres</h1>
<p>Courriels et SMS envoyés par la plate-forme de développement, le plus récent d'abord.<br>
<em lang="en">E-mails and text messages sent by the development platform, newest first.</em></p>
{messages}
</html>
"""

_MESSAGE = """\
<article class="{channel}">
<header>{kind} · {received_at} · {sender} → <a href="/messages.json?to={to_query}">{to}</a></header>
<strong>{subject}</strong>
<pre>{body}</pre>
</article>
"""

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
    return _PAGE.format(messages="".join(shown) or "<p>Rien encore. / Nothing yet.</p>")
