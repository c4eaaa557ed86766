"""What each service counts besides its units: events that wait in its outbox, messages that wait in its queues."""

import math

import eventlet
import structlog
from pika.exceptions import AMQPError
from prometheus_client import Gauge
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from chassis import metrics
from chassis.broker_permissions import queues_of
from chassis.db import autocommit
from chassis.publisher import Publisher
from chassis.topology import dead_letter_queue

PERIOD_SECONDS = 30.0

_MOST_COUNTED = 100_000
_OUTBOX = """
SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT %(most)s) AS counted),
    extract(epoch FROM now() - (SELECT occurred_at FROM outbox ORDER BY seq LIMIT 1))
"""


class ServiceFigures:
    """Sets the gauges every PERIOD_SECONDS; what could not be counted is NaN, or missing, until it can be again."""

    def __init__(self, service: str, engine: Engine, publisher: Publisher, *, seconds: float) -> None:
        self._queues = queues_of(service)
        self._dead_letters = dead_letter_queue(service)
        self._engine = engine
        self._publisher = publisher
        self._seconds = seconds

    def run(self) -> None:
        """Count until the green thread is killed."""
        while True:
            eventlet.sleep(self._seconds)
            try:
                self._count_outbox()
            except SQLAlchemyError as error:
                _unknown(error, metrics.OUTBOX_BACKLOG, metrics.OUTBOX_OLDEST)
            try:
                self._count_queues()
            except (AMQPError, OSError) as error:
                metrics.QUEUE_MESSAGES.clear()
                _unknown(error, metrics.DEAD_LETTERS)

    def _count_outbox(self) -> None:
        with autocommit(self._engine) as connection:
            waiting, oldest = connection.exec_driver_sql(_OUTBOX, {"most": _MOST_COUNTED}).one()
        metrics.OUTBOX_BACKLOG.set(waiting)
        metrics.OUTBOX_OLDEST.set(oldest or 0)

    def _count_queues(self) -> None:
        found = self._publisher.messages_in((*self._queues, self._dead_letters))
        metrics.DEAD_LETTERS.set(found.pop(self._dead_letters, math.nan))
        for queue, count in found.items():
            metrics.QUEUE_MESSAGES.labels(queue).set(count)


def _unknown(error: Exception, *gauges: Gauge) -> None:
    structlog.get_logger().warning("figures_unknown", error=type(error).__name__)
    for gauge in gauges:
        gauge.set(math.nan)
