"""Starting one service: `python -m chassis.run services.records.service`."""

# Everything must be patched before anything else is imported, else a blocking call stops the whole process.
import warnings

# eventlet says at each start that it is only maintained; ADR 0002 says why it stays, and where.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

from chassis.names import look_up_on_threads  # noqa: E402

look_up_on_threads()

import eventlet  # noqa: E402

eventlet.monkey_patch()

from psycogreen.eventlet import patch_psycopg  # noqa: E402

patch_psycopg()

import gc  # noqa: E402
import importlib  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

import structlog  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

from chassis import logs, tracing  # noqa: E402
from chassis.service import ServiceDefinition, service_class  # noqa: E402
from chassis.settings import ServiceSettings, SettingsError, load  # noqa: E402


def run(target: str) -> None:
    """Serve until told to stop; SIGTERM lets units under way finish.

    Args:
        target: the module that defines the service as SERVICE.

    Raises:
        SettingsError: the settings are of another service. DefinitionError: its handlers are not complete.
    """
    settings = load(ServiceSettings)
    logs.configure(settings.service)
    tracing.configure(settings.service)
    runner = ServiceRunner(
        config={
            "AMQP_URI": settings.amqp_url,
            "WEB_SERVER_ADDRESS": settings.http_address,
            "workers": settings.workers,
            # Calls, what the event queues may hold beside them, timers and transfers.
            "max_workers": settings.workers * 2,
        }
    )
    definition: ServiceDefinition[Any] = importlib.import_module(target).SERVICE
    if definition.name != settings.service:
        raise SettingsError(f"CARNET_SERVICE is {settings.service}, but {target} is {definition.name}")
    runner.add_service(service_class(definition))
    _stop_on_signal(runner)
    runner.start()
    # What exists by now lives as long as the process; looking through it again and again costs each request.
    gc.collect()
    gc.freeze()
    structlog.get_logger().info("started")
    _wait(runner)


def _stop_on_signal(runner: Any) -> None:
    """On the first signal; Ctrl-C in a terminal brings two, and two stops at once wait for each other for ever."""
    stopping = False

    def stop(*_: Any) -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            eventlet.spawn_n(runner.stop)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _wait(runner: Any) -> None:
    try:
        runner.wait()
    except Exception as error:
        structlog.get_logger().critical("died", error=type(error).__name__, where=logs.where_raised(error))
        raise SystemExit(1) from error


if __name__ == "__main__":
    run(sys.argv[1])
