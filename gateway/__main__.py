"""Entry point of the gateway: `python -m gateway`. SIGTERM lets requests in progress finish."""

import gc
import signal
import sys

import structlog
import uvicorn

from chassis import logs, tracing
from chassis.settings import load
from chassis.start_checks import check_addresses, check_room, check_settings
from chassis.tokens import Keyring
from contracts.wiring import GATEWAY
from gateway.app import make_inner_app, observed
from gateway.clients import clients_of
from gateway.protocol import connection_class
from gateway.server import GatewayServer
from gateway.settings import GatewaySettings

_SHUTDOWN_SECONDS = 20
_KEEP_ALIVE_SECONDS = 75


def main() -> None:
    check_settings([GatewaySettings])
    check_room()
    settings = load(GatewaySettings)
    check_addresses(
        {"CARNET_HTTP_ADDRESS": settings.http_address, "CARNET_METRICS_ADDRESS": settings.metrics_address}
    )
    # Read here only to end with a sentence where the file is wrong.
    Keyring.from_file(GATEWAY, settings.trusted_keys)
    logs.configure(settings.service)
    tracing.configure(settings.service)
    inner = make_inner_app(settings)
    # Objects created so far live as long as the process; collecting over them again would slow requests down.
    gc.collect()
    gc.freeze()
    # uvicorn raises the signal again after its graceful shutdown; the process must then exit with 0.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    structlog.get_logger().info("started", port=settings.port)
    config = uvicorn.Config(
        observed(inner, settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=connection_class(settings),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )

    def end_streams() -> None:
        clients_of(inner).live.end()

    GatewayServer(config, end_streams).run()


if __name__ == "__main__":
    main()
