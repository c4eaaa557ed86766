"""The broker's permissions: each process may do what the wiring needs, and nothing else."""

import re

import pytest

from chassis.broker_permissions import NOTHING, OPERATOR, SCALING, USERS, permissions_of, queues_of, topics_of
from chassis.topology import (
    DEAD_LETTERS,
    DELIVER,
    EVENTS,
    LIVE,
    RPC,
    dead_letter_queue,
    delay_queue,
    live_queue,
    rpc_queue,
    topology,
)
from contracts.audit import JournalEntry
from contracts.wiring import ANNOUNCES_CHANGES, APIS, CALLS, GATEWAY, OPEN_METHODS, SERVICES, SUBSCRIPTIONS
from tests.contract.schemas import declared_events

DELAYS = (1, 10)
BROKER = topology(DELAYS)
PROCESSES = (GATEWAY, *SERVICES)


def matched(pattern: str, names: set[str]) -> set[str]:
    """The names that a permission covers, as RabbitMQ matches them."""
    return {name for name in names if re.search(pattern, name)}


def test_every_process_of_the_wiring_has_permissions() -> None:
    assert {*CALLS, *SUBSCRIPTIONS} <= set(USERS) == {*PROCESSES, OPERATOR, SCALING}
    with pytest.raises(LookupError):
        permissions_of("billing")


@pytest.mark.parametrize("user", USERS)
def test_nobody_may_declare_or_delete_anything_on_the_broker(user: str) -> None:
    names = {exchange.name for exchange in BROKER.exchanges} | {queue.name for queue in BROKER.queues}
    names |= {"amq.default", "amq.topic", "new", f"{LIVE}.new", f"x{live_queue()}", f"{live_queue()}x"}
    assert matched(permissions_of(user).configure, names) == set()


@pytest.mark.parametrize("user", USERS)
def test_nobody_may_bind_a_queue_but_to_what_the_gateway_hears(user: str) -> None:
    """It takes the right to read the exchange."""
    exchanges = {exchange.name for exchange in BROKER.exchanges} | {"amq.topic", "amq.direct", "amq.fanout"}
    assert matched(permissions_of(user).read, exchanges) == ({LIVE} if user == GATEWAY else set())


@pytest.mark.parametrize("user", USERS)
def test_only_the_gateway_has_queues_of_its_own_making(user: str) -> None:
    permissions, queue = permissions_of(user), live_queue()
    rights = (permissions.configure, permissions.write, permissions.read)
    assert {bool(matched(right, {queue})) for right in rights} == {user == GATEWAY}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_exactly_its_own_queues(service: str) -> None:
    subscribed = {f"{service}.{event.topic}" for event in SUBSCRIPTIONS[service]}
    calls = {rpc_queue(api.service) for api in APIS if api.service == service}
    queues = {queue.name for queue in BROKER.queues}
    assert matched(permissions_of(service).read, queues) == subscribed | calls == set(queues_of(service))


def test_the_gateway_reads_no_queue_and_sends_no_event() -> None:
    gateway = permissions_of(GATEWAY)
    assert matched(gateway.read, {queue.name for queue in BROKER.queues}) == set()
    assert matched(gateway.write, {exchange.name for exchange in BROKER.exchanges} | {"amq.default"}) == {RPC}
    assert matched(gateway.keys[EVENTS], {event.topic for event in declared_events()}) == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_publishes_to_the_exchanges_that_it_needs(service: str) -> None:
    exchanges = {exchange.name for exchange in BROKER.exchanges} | {"amq.default", "amq.topic", "amq.direct"}
    needed = {RPC, EVENTS, DELIVER, DEAD_LETTERS, *map(delay_queue, DELAYS)}
    needed |= {"amq.default"} if any(api.service == service for api in APIS) else set()
    needed |= {LIVE} if service in ANNOUNCES_CHANGES else set()
    assert matched(permissions_of(service).write, exchanges) == needed


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_calls_exactly_the_services_that_the_wiring_names(process: str) -> None:
    routes = {method.route for api in APIS for method in api.methods()}
    allowed = {route for route in routes if route.partition(".")[0] in CALLS[process]} | OPEN_METHODS
    assert matched(permissions_of(process).keys[RPC], routes) == allowed


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_sends_its_own_events_and_entries_of_the_journal(service: str) -> None:
    topics = {event.topic for event in declared_events()}
    own = {topic for topic in topics if topic.startswith(f"{service}.")} | {JournalEntry.topic}
    assert matched(permissions_of(service).keys[EVENTS], topics) == own == set(topics_of(service))


@pytest.mark.parametrize("user", USERS)
def test_every_topic_exchange_is_restricted(user: str) -> None:
    """RabbitMQ does not restrict the keys of a topic exchange for which a user has no topic permission."""
    topics = {exchange.name for exchange in BROKER.exchanges if exchange.kind == "topic"}
    assert set(permissions_of(user).keys) == topics


def test_the_operator_takes_dead_letters_and_sends_them_back() -> None:
    operator = permissions_of(OPERATOR)
    dead_letters = {dead_letter_queue(service) for service in SERVICES}
    assert matched(operator.read, {queue.name for queue in BROKER.queues}) == dead_letters
    assert matched(operator.write, {exchange.name for exchange in BROKER.exchanges} | {"amq.default"}) == {DELIVER}


def test_the_scaler_may_only_connect() -> None:
    scaler = permissions_of(SCALING)
    assert {scaler.write, scaler.read, scaler.configure, *scaler.keys.values()} == {NOTHING}
