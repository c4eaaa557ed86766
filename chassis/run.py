"""Start of a service: `python -m chassis.run services.records.service`."""

# eventlet patches everything before other imports, else a blocking call would stop the whole process.
import sys
import warnings

# structlog and OpenTelemetry import these if they are there; a service uses neither, and they cost it 5 MB.
sys.modules.update(dict.fromkeys(("rich", "psutil")))  # type: ignore[arg-type]

# ADR 0002 says why and where eventlet is used.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

from chassis.dns import look_up_on_threads  # noqa: E402

look_up_on_threads()

import eventlet  # noqa: E402

eventlet.monkey_patch()

from psycogreen.eventlet import patch_psycopg  # noqa: E402

patch_psycopg()

import gc  # noqa: E402
import importlib  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
from typing import Any  # noqa: E402

import structlog  # noqa: E402
from eventlet.patcher import original  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

from chassis import logs, tracing  # noqa: E402
from chassis.broker_address import tls_of  # noqa: E402
from chassis.runtime import UNITS_SECONDS  # noqa: E402
from chassis.service import ServiceDefinition, service_class  # noqa: E402
from chassis.settings import ServiceSettings, SettingsError, load  # noqa: E402
from chassis.start_checks import check_addresses, check_settings, settings_in  # noqa: E402
from chassis.transfers import TransferSettings  # noqa: E402

_STOP_SECONDS = 25.0


def run(target: str) -> None:
    """Serve until a signal; SIGTERM lets running units finish.

    Args:
        target: the module that defines the service as SERVICE.

    Raises:
        SettingsError: the settings are wrong, or of another service. DefinitionError: handlers are missing.
    """
    package = target.rpartition(".")[0]
    own = settings_in(importlib.import_module(f"{package}.settings"))
    check_settings((ServiceSettings, TransferSettings, *own))
    settings = load(ServiceSettings)
    check_addresses(
        {"CARNET_HTTP_ADDRESS": settings.http_address, "CARNET_METRICS_ADDRESS": settings.metrics_address}
    )
    logs.configure(settings.service)
    tracing.configure(settings.service)
    runner = ServiceRunner(
        config={
            "AMQP_URI": settings.amqp_url,
            "AMQP_SSL": tls_of(settings.amqp_url, settings.amqp_ca_file),
            "WEB_SERVER_ADDRESS": settings.http_address,
            "workers": settings.workers,
            # Calls, events, timers and transfers.
            "max_workers": settings.workers * 2,
        }
    )
    definition: ServiceDefinition[Any] = importlib.import_module(target).SERVICE
    if definition.name != settings.service:
        raise SettingsError(f"CARNET_SERVICE is {settings.service}, but {target} is {definition.name}")
    runner.add_service(service_class(definition))
    _stop_on_signal(runner)
    runner.start()
    # Objects that exist now live as long as the process; collections need not scan them.
    gc.collect()
    gc.freeze()
    structlog.get_logger().info("started")
    _wait(runner)


def _stop_on_signal(runner: Any) -> None:
    """Stop on the first signal only: Ctrl-C in a terminal sends two, and two concurrent stops would deadlock.

    Consumers are cancelled, running units and transfers finish and are answered, then the process disconnects. Units
    that take too long are cut; the broker redelivers their messages. Nothing keeps the process longer than
    `_STOP_SECONDS`.
    """
    stopping = False

    def stop(*_: Any) -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            _end_after(_STOP_SECONDS)
            eventlet.spawn_after(UNITS_SECONDS, _cut_units, runner)
            eventlet.spawn_n(runner.stop)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _cut_units(runner: Any) -> None:
    for container in runner.containers:
        container._kill_worker_threads()


def _end_after(seconds: float) -> None:
    """End the process from a thread of its own, whatever its green threads wait for."""
    timer = original("threading").Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()


def _wait(runner: Any) -> None:
    try:
        runner.wait()
    except Exception as error:
        structlog.get_logger().critical("died", error=type(error).__name__, where=logs.where_raised(error))
        raise SystemExit(1) from error


if __name__ == "__main__":
    run(sys.argv[1])
