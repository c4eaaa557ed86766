"""How each part of a stack is doing, seen from outside the process that started it."""

from dataclasses import dataclass

from deploy.dev.addresses import Addresses
from deploy.dev.plan import Plan
from deploy.dev.processes import Processes
from deploy.dev.readiness import is_amqp_ready, is_database_ready


@dataclass(frozen=True)
class PartStatus:
    """One part: its pid and port, or None where it is not ours or not running."""

    name: str
    pid: int | None
    port: int | None
    is_ready: bool


def inspect(addresses: Addresses) -> list[PartStatus]:
    """Ask every part, private or from outside, whether it is ready."""
    processes = Processes(addresses.layout)
    alive = {record.name: record.pid for record in processes.records() if record.identity.is_alive()}
    plan = Plan(addresses, processes)
    private = [
        # Asked only if the process is ours: another program may answer on the port.
        PartStatus(name, alive.get(name), addresses.ports[name], name in alive and plan.part(name).is_ready())
        for name in addresses.private_parts()
    ]
    return _outside(addresses) + private


def _outside(addresses: Addresses) -> list[PartStatus]:
    found = []
    if addresses.outside.amqp_url:
        found.append(PartStatus("rabbit", None, None, is_amqp_ready(addresses.amqp_url)))
    if addresses.outside.database_admin_url:
        ready = is_database_ready(addresses.database_admin_url)
        found.append(PartStatus("postgres", None, None, ready))
    if addresses.outside.object_store:
        found.append(PartStatus("object-store", None, None, addresses.object_store.is_ready()))
    return found
