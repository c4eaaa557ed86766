"""Run the mailbox until SIGTERM: SMTP on one port, HTTP (page, JSON, APIs of Twilio and OVHcloud) on another."""

import asyncio
import signal

import msgspec
from aiohttp import web

from chassis.settings import load
from deploy.dev.mailbox.mail import protocol
from deploy.dev.mailbox.messages import Messages
from deploy.dev.mailbox.ovh import OvhMessages
from deploy.dev.mailbox.pages import Pages
from deploy.dev.mailbox.sms import TwilioMessages
from deploy.dev.ports import HOST


class MailboxSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    mailbox_port: int
    smtp_port: int
    twilio_account_sid: str
    twilio_auth_token: str
    ovh_application_key: str = ""
    ovh_application_secret: str = ""
    ovh_consumer_key: str = ""
    ovh_sms_service: str = ""
    """Empty: OVHcloud's API is not spoken."""
    mailbox_host: str = HOST
    """Address on which both ports listen."""


def application(messages: Messages, settings: MailboxSettings) -> web.Application:
    """The HTTP application; it speaks OVHcloud's API too where an account of it is set."""
    app = web.Application()
    twilio = TwilioMessages(messages, settings.twilio_account_sid, settings.twilio_auth_token)
    app.router.add_post("/2010-04-01/Accounts/{account_sid}/Messages.json", twilio.create)
    if settings.ovh_sms_service:
        keys = (settings.ovh_application_key, settings.ovh_application_secret, settings.ovh_consumer_key)
        app.add_routes(OvhMessages(messages, *keys, settings.ovh_sms_service).routes())
    app.add_routes(Pages(messages).routes())
    return app


async def serve(settings: MailboxSettings) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop, messages, stopped = asyncio.get_running_loop(), Messages(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    # No access log: addresses and phone numbers are in the URLs.
    runner = web.AppRunner(application(messages, settings), access_log=None)
    smtp = await loop.create_server(lambda: protocol(messages), settings.mailbox_host, settings.smtp_port)
    await runner.setup()
    await web.TCPSite(runner, settings.mailbox_host, settings.mailbox_port).start()
    await stopped.wait()
    smtp.close()
    await runner.cleanup()


def main() -> None:
    asyncio.run(serve(load(MailboxSettings)))


if __name__ == "__main__":
    main()
