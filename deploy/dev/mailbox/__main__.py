"""Run the mailbox until SIGTERM: SMTP on one port, HTTP (page, JSON, APIs of Twilio and OVHcloud) on another."""

import asyncio
import os
import signal
from collections.abc import Mapping

from aiohttp import web

from deploy.dev.mailbox.mail import protocol
from deploy.dev.mailbox.messages import Messages
from deploy.dev.mailbox.ovh import OvhMessages
from deploy.dev.mailbox.pages import Pages
from deploy.dev.mailbox.sms import TwilioMessages
from deploy.dev.ports import HOST

_OVH = (
    "CARNET_OVH_APPLICATION_KEY",
    "CARNET_OVH_APPLICATION_SECRET",
    "CARNET_OVH_CONSUMER_KEY",
    "CARNET_OVH_SMS_SERVICE",
)


def application(messages: Messages, environ: Mapping[str, str]) -> web.Application:
    """The HTTP application; it speaks OVHcloud's API too where an account of it is set."""
    app = web.Application()
    twilio = TwilioMessages(messages, environ["CARNET_TWILIO_ACCOUNT_SID"], environ["CARNET_TWILIO_AUTH_TOKEN"])
    app.router.add_post("/2010-04-01/Accounts/{account_sid}/Messages.json", twilio.create)
    if "CARNET_OVH_SMS_SERVICE" in environ:
        app.add_routes(OvhMessages(messages, *(environ[name] for name in _OVH)).routes())
    app.add_routes(Pages(messages).routes())
    return app


async def serve(http_port: int, smtp_port: int, environ: Mapping[str, str]) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop, messages, stopped = asyncio.get_running_loop(), Messages(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    # No access log: addresses and phone numbers are in the URLs.
    runner = web.AppRunner(application(messages, environ), access_log=None)
    smtp = await loop.create_server(lambda: protocol(messages), HOST, smtp_port)
    await runner.setup()
    await web.TCPSite(runner, HOST, http_port).start()
    await stopped.wait()
    smtp.close()
    await runner.cleanup()


def main() -> None:
    """Read the settings from the environment; those of OVHcloud alone may be missing."""
    asyncio.run(serve(int(os.environ["CARNET_MAILBOX_PORT"]), int(os.environ["CARNET_SMTP_PORT"]), os.environ))


if __name__ == "__main__":
    main()
