"""How many pods of a process run: disruption budgets, and scaling by the length of queues."""

from collections.abc import Iterator
from typing import Any

from chassis.broker_permissions import queues_of
from chassis.topology import rpc_queue
from contracts.wiring import SERVICES
from deploy.k8s.connections import PROCESSES

Manifest = dict[str, Any]

FEWEST, MOST = 2, 6
"""Pods of a service."""
_CALLS, _EVENTS = 24, 200
"""Waiting messages for each pod: calls, as many as a process handles at once; events, a bundle of the journal."""
_CALL_QUEUES = frozenset(map(rpc_queue, SERVICES))
_PROCESSOR_PERCENT = 70


def disruption_budgets() -> Iterator[Manifest]:
    """One for each process: an update of the nodes takes one pod of it at a time, and a broken one always."""
    for process in PROCESSES:
        yield {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": process},
            "spec": {
                "maxUnavailable": 1,
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
                "selector": {"matchLabels": {"app.kubernetes.io/name": process}},
            },
        }


def scaled_objects() -> Iterator[Manifest]:
    """One for each service: by its queues, and by the processor, since calls are seldom in a queue for long."""
    for service in SERVICES:
        yield {
            "apiVersion": "keda.sh/v1alpha1",
            "kind": "ScaledObject",
            "metadata": {"name": service},
            "spec": {
                "scaleTargetRef": {"name": service},
                "minReplicaCount": FEWEST,
                "maxReplicaCount": MOST,
                "triggers": [
                    {
                        "type": "cpu",
                        "metricType": "Utilization",
                        "metadata": {"value": str(_PROCESSOR_PERCENT)},
                    },
                    *map(_of_queue, queues_of(service)),
                ],
            },
        }


def _of_queue(queue: str) -> Manifest:
    length = _CALLS if queue in _CALL_QUEUES else _EVENTS
    metadata = {"protocol": "amqp", "queueName": queue, "mode": "QueueLength", "value": str(length)}
    return {"type": "rabbitmq", "metadata": metadata, "authenticationRef": {"name": "broker"}}
