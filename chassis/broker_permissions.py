"""What each user of the broker may do there: RabbitMQ's permissions, derived from the wiring."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from chassis.topology import (
    DEAD_LETTERS,
    DELIVER,
    EVENTS,
    LIVE,
    LIVE_QUEUE,
    RPC,
    dead_letter_queue,
    event_queue,
    rpc_queue,
)
from contracts.audit import JournalEntry
from contracts.wiring import ANNOUNCES_CHANGES, APIS, CALLS, GATEWAY, OPEN_METHODS, SERVICES, SUBSCRIPTIONS

OPERATOR = "operator"
"""The user of `carnet dead-letters`."""
SCALING = "scaling"
"""The user of whoever adds pods when queues get long; a length is told to everybody who may connect."""
USERS = (GATEWAY, *SERVICES, OPERATOR, SCALING)

NOTHING = "^$"
_DEFAULT_EXCHANGE = "amq.default"
_DELAYS = r"carnet\.delay\.[0-9]+s"
_METHOD = "[a-z][a-z0-9_]*"


@dataclass(frozen=True, slots=True)
class Permissions:
    """Regular expressions over names of exchanges and queues, and over routing keys that may be published.

    Nobody may configure, for exchanges, queues and bindings exist before the processes start; but a gateway process
    declares one queue of its own, and binds it to the exchange that tells which records changed.
    `keys`: topic exchange -> routing keys; with RabbitMQ a topic exchange that is not named is not restricted.
    """

    write: str
    read: str
    keys: dict[str, str]
    configure: str = NOTHING


def permissions_of(user: str) -> Permissions:
    """The permissions of a process, named as in the wiring, of the operator, or of the scaler.

    Raises:
        LookupError: the wiring knows no such process.
    """
    if user == OPERATOR:
        return Permissions(
            write=_any([re.escape(DELIVER)]),
            read=_any(re.escape(dead_letter_queue(service)) for service in SERVICES),
            keys={RPC: NOTHING, EVENTS: NOTHING},
        )
    if user == SCALING:
        return Permissions(write=NOTHING, read=NOTHING, keys={RPC: NOTHING, EVENTS: NOTHING})
    if user not in CALLS:
        raise LookupError(user)
    hears = user == GATEWAY
    return Permissions(
        write=_any([*_exchanges_of(user), *([LIVE_QUEUE] if hears else ())]),
        read=_any([*map(re.escape, queues_of(user)), *([LIVE_QUEUE, re.escape(LIVE)] if hears else ())]),
        keys={RPC: _any(_routes_of(user)), EVENTS: _any(map(re.escape, topics_of(user)))},
        configure=_any([LIVE_QUEUE]) if hears else NOTHING,
    )


def queues_of(user: str) -> list[str]:
    """The queues from which a process takes calls and events."""
    calls = [rpc_queue(api.service) for api in APIS if api.service == user]
    return [*calls, *sorted(event_queue(user, event) for event in SUBSCRIPTIONS.get(user, ()))]


def topics_of(user: str) -> list[str]:
    """The topics of events that a process sends: those that begin with its name, and entries of the journal."""
    if user not in SERVICES:
        return []
    topics = {event.topic for listened in SUBSCRIPTIONS.values() for event in listened}
    return sorted({topic for topic in topics if topic.startswith(f"{user}.")} | {JournalEntry.topic})


def _exchanges_of(user: str) -> list[str]:
    """Exchanges to which a process publishes; replies to calls leave by the default exchange."""
    exchanges = [re.escape(RPC)]
    if any(api.service == user for api in APIS):
        exchanges.append(re.escape(_DEFAULT_EXCHANGE))
    if user in SERVICES:
        exchanges += [*map(re.escape, (EVENTS, DELIVER, DEAD_LETTERS)), _DELAYS]
    if user in ANNOUNCES_CHANGES:
        exchanges.append(re.escape(LIVE))
    return exchanges


def _routes_of(user: str) -> list[str]:
    services = [rf"{re.escape(service)}\.{_METHOD}" for service in sorted(CALLS[user])]
    return [*services, *map(re.escape, sorted(OPEN_METHODS))]


def _any(patterns: Iterable[str]) -> str:
    """A regular expression that is one of these, whole; nothing if there are none."""
    found = list(patterns)
    return f"^({'|'.join(found)})$" if found else NOTHING
