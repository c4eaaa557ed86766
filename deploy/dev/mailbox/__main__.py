"""Run the mailbox until SIGTERM: SMTP on one port, HTTP (page, JSON, Twilio's API) on another."""

import asyncio
import os
import signal

from aiohttp import web

from deploy.dev.mailbox.mail import protocol
from deploy.dev.mailbox.messages import Messages
from deploy.dev.mailbox.pages import Pages
from deploy.dev.mailbox.sms import TwilioMessages
from deploy.dev.ports import HOST


def application(messages: Messages, account_sid: str, auth_token: str) -> web.Application:
    """The HTTP application."""
    app = web.Application()
    twilio = TwilioMessages(messages, account_sid, auth_token)
    app.router.add_post("/2010-04-01/Accounts/{account_sid}/Messages.json", twilio.create)
    app.add_routes(Pages(messages).routes())
    return app


async def serve(http_port: int, smtp_port: int, account_sid: str, auth_token: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop, messages, stopped = asyncio.get_running_loop(), Messages(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    # No access log: addresses and phone numbers are in the URLs.
    runner = web.AppRunner(application(messages, account_sid, auth_token), access_log=None)
    smtp = await loop.create_server(lambda: protocol(messages), HOST, smtp_port)
    await runner.setup()
    await web.TCPSite(runner, HOST, http_port).start()
    await stopped.wait()
    smtp.close()
    await runner.cleanup()


def main() -> None:
    """Read the settings from the environment; all are required."""
    asyncio.run(
        serve(
            int(os.environ["CARNET_MAILBOX_PORT"]),
            int(os.environ["CARNET_SMTP_PORT"]),
            os.environ["CARNET_TWILIO_ACCOUNT_SID"],
            os.environ["CARNET_TWILIO_AUTH_TOKEN"],
        )
    )


if __name__ == "__main__":
    main()
