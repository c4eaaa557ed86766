"""Prometheus metrics of every process: units of work, outbox, retries, dead letters."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

UNIT_SECONDS = Histogram(
    "carnet_unit_seconds",
    "Time of one unit of work (call, event, timer, transfer).",
    ["kind", "name", "outcome"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
OUTBOX_SENT = Counter("carnet_outbox_sent_total", "Events confirmed by the broker.", ["topic"])
OUTBOX_BACKLOG = Gauge("carnet_outbox_backlog", "Events waiting to be sent, as last counted.")
OUTBOX_OLDEST = Gauge("carnet_outbox_oldest_seconds", "How long the oldest of them has waited; 0: none waits.")
QUEUE_MESSAGES = Gauge(
    "carnet_queue_messages", "Messages ready in a queue of this service, as last counted.", ["queue"]
)
DEAD_LETTERS = Gauge("carnet_dead_letters", "Dead letters of this service, as last counted.")
RETRIED = Counter("carnet_events_retried_total", "Events retried after a failure.", ["queue"])
DEAD_LETTERED = Counter("carnet_events_parked_total", "Events dead-lettered after the last attempt.", ["queue"])
READY = Gauge("carnet_ready", "1 if the process is ready, as last looked at.")
PART_MISSING = Gauge("carnet_part_missing", "1 while a part is missing.", ["part"])
ALARMS = Counter("carnet_alarms_total", "Refusals that an operator must look into.", ["code"])

CONTENT_TYPE = CONTENT_TYPE_LATEST


def exposition() -> bytes:
    """All metrics in Prometheus text format."""
    return generate_latest()
