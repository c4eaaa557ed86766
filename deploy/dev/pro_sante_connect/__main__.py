"""Run the stand-in until SIGTERM; the settings come from the environment, and all are required."""

import asyncio
import os
import signal
from pathlib import Path

from aiohttp import web

from deploy.dev.ports import HOST
from deploy.dev.pro_sante_connect.provider import Provider


async def serve(provider: Provider, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    app = web.Application()
    app.add_routes(provider.routes())
    # No access log: codes are in the URLs.
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    await stopped.wait()
    await runner.cleanup()


def main() -> None:
    secret = Path(os.environ["CARNET_PRO_SANTE_CONNECT_SECRET_FILE"]).read_text().strip()
    issuer, callback = os.environ["CARNET_PRO_SANTE_CONNECT"], os.environ["CARNET_PRO_SANTE_CONNECT_CALLBACK"]
    asyncio.run(serve(Provider(issuer, callback, secret), int(os.environ["CARNET_PRO_SANTE_CONNECT_PORT"])))


if __name__ == "__main__":
    main()
