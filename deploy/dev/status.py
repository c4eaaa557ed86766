"""Status of each part of a stack, observed from another process."""

from dataclasses import dataclass

from deploy.dev.addresses import Addresses
from deploy.dev.plan import Plan
from deploy.dev.processes import Processes
from deploy.dev.readiness import is_amqp_ready, is_database_ready


@dataclass(frozen=True)
class PartStatus:
    """`pid` and `port` are None for an external part; `pid` also if the part is not running."""

    name: str
    pid: int | None
    port: int | None
    is_ready: bool


def inspect(addresses: Addresses) -> list[PartStatus]:
    """Status of every part, private or external."""
    processes = Processes(addresses.layout)
    alive = {record.name: record.pid for record in processes.records() if record.identity.is_alive()}
    plan = Plan(addresses, processes)
    private = [
        # Checked only if our process is alive: another program may listen on the port.
        PartStatus(name, alive.get(name), addresses.ports[name], name in alive and plan.part(name).is_ready())
        for name in addresses.private_parts()
    ]
    return _external(addresses) + private


def _external(addresses: Addresses) -> list[PartStatus]:
    found = []
    if addresses.external.amqp_url:
        found.append(PartStatus("rabbit", None, None, is_amqp_ready(addresses.amqp_url, addresses.amqp_ca_file)))
    if addresses.external.database_admin_url:
        ready = is_database_ready(addresses.database_admin_url)
        found.append(PartStatus("postgres", None, None, ready))
    if addresses.external.object_store:
        found.append(PartStatus("object-store", None, None, addresses.object_store.is_ready()))
    return found
