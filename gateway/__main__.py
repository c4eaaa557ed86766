"""Starting the gateway: `python -m gateway`; SIGTERM lets requests under way finish."""

import gc
import signal
import sys

import structlog
import uvicorn

from chassis import logs, tracing
from chassis.settings import load
from gateway.app import make_app
from gateway.protocol import patient_for
from gateway.settings import GatewaySettings

_SECONDS_TO_FINISH = 20
_IDLE_SECONDS = 75


def main() -> None:
    """Serve until told to stop."""
    settings = load(GatewaySettings)
    logs.configure(settings.service)
    tracing.configure(settings.service)
    app = make_app(settings)
    # What exists by now lives as long as the process; looking through it again and again costs each request.
    gc.collect()
    gc.freeze()
    # uvicorn raises the signal again once everything has been answered; that is no failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    structlog.get_logger().info("started", port=settings.port)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=patient_for(settings.stall_seconds),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )


if __name__ == "__main__":
    main()
