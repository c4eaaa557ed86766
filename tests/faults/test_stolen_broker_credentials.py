"""With the broker's password of one process, or of an operator, everything of the others on the broker is refused."""

import asyncio
from collections.abc import Callable
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

import pika
import pytest

from chassis.broker_permissions import OPERATOR, SCALING, USERS, queues_of, topics_of
from chassis.topology import (
    DEAD_LETTERS,
    DELAYS,
    DELIVER,
    EVENTS,
    LIVE,
    LIVE_QUEUE_ARGUMENTS,
    RPC,
    dead_letter_queue,
    event_queue,
    live_queue,
    rpc_queue,
    topology,
)
from contracts.records.events import DocumentPurged
from contracts.wiring import APIS, CALLS, GATEWAY, OPEN_METHODS, SERVICES, SUBSCRIPTIONS
from deploy.dev.readiness import is_amqp_ready
from deploy.dev.stack import Stack
from tests.support.broker import open_channel
from tests.support.stolen_credentials import Thief
from tests.support.waiting import wait_until

BROKER = topology(DELAYS)
EXCHANGES = {exchange.name for exchange in BROKER.exchanges}
QUEUES = {queue.name for queue in BROKER.queues}
METHODS = [method for api in APIS for method in api.methods()]
TOPICS = {event.topic for listened in SUBSCRIPTIONS.values() for event in listened}


NO_SERVICES: dict[str, set[str]] = {GATEWAY: {RPC}, OPERATOR: {DELIVER}, SCALING: set()}
"""Who answers nobody -> exchanges to which they publish; an operator sends dead letters back."""


@pytest.fixture(params=USERS)
def thief(request: pytest.FixtureRequest, platform: Stack) -> Thief:
    return Thief(platform, request.param)


def test_it_takes_nothing_from_a_queue_of_another(thief: Thief) -> None:
    own = {dead_letter_queue(service) for service in SERVICES} if thief.process == OPERATOR else set()
    others = sorted(QUEUES - own - set(queues_of(thief.process)))
    acts = [(act, queue) for queue in others for act in ("basic_get", "queue_purge")]
    consuming = [("basic_consume", queue, print) for queue in others[::5]]
    assert thief.allowed([*acts, *consuming]) == []


def test_it_declares_binds_and_deletes_nothing(thief: Thief) -> None:
    acts: list[tuple[str, ...]] = [("exchange_declare", "copies", "topic"), ("queue_declare", "copies")]
    acts += [("exchange_bind", DEAD_LETTERS, EVENTS, "#")]
    acts += [("exchange_delete", exchange) for exchange in sorted(EXCHANGES)]
    for queue in (*queues_of(thief.process), rpc_queue("consent"), event_queue("documents", DocumentPurged)):
        acts += [("queue_delete", queue), ("queue_unbind", queue, EVENTS, DocumentPurged.topic)]
        acts += [("queue_bind", queue, exchange, "#") for exchange in (RPC, EVENTS, DELIVER, "amq.rabbitmq.trace")]
    assert thief.allowed(acts) == []


def test_only_the_gateway_declares_a_queue_and_binds_it_only_to_what_says_that_records_changed(thief: Thief) -> None:
    queue = live_queue()
    acts = [("queue_declare", queue, False, False, True), ("queue_bind", queue, LIVE)]
    assert thief.allowed(acts) == (acts if thief.process == GATEWAY else [])
    durable = [("queue_declare", name, False, True) for name in (f"{LIVE}.all", f"x.{queue}")]
    assert thief.allowed([*durable, ("exchange_declare", LIVE, "topic")]) == []


def test_no_process_reads_or_binds_the_queue_of_a_gateway(thief: Thief, platform: Stack) -> None:
    with Thief(platform, GATEWAY).channel() as owner:
        queue = live_queue()
        owner.queue_declare(queue, exclusive=True, auto_delete=True, arguments=LIVE_QUEUE_ARGUMENTS)
        owner.queue_bind(queue, LIVE)
        acts: list[tuple[str, ...]] = [(act, queue) for act in ("basic_get", "queue_purge", "queue_delete")]
        acts += [("queue_bind", queue, exchange, "#") for exchange in (EVENTS, RPC, DELIVER)]
        assert thief.allowed(acts) == []


def test_it_sends_no_event_under_a_topic_of_another(thief: Thief) -> None:
    topics = sorted(TOPICS - set(topics_of(thief.process)))
    assert thief.allowed([("basic_publish", EVENTS, topic, b"[]") for topic in topics]) == []


def test_it_calls_no_method_that_the_wiring_does_not_name(thief: Thief) -> None:
    routes = [method.route for method in METHODS if method.service not in CALLS.get(thief.process, ())]
    acts = [("basic_publish", RPC, route, b"{}") for route in routes if route not in OPEN_METHODS]
    assert thief.allowed(acts) == []


def test_it_publishes_to_no_other_exchange(thief: Thief) -> None:
    others = {"amq.topic", "amq.direct", "amq.fanout", "amq.headers"}
    if thief.process in NO_SERVICES:
        others |= {"", *EXCHANGES} - NO_SERVICES[thief.process]
    acts = [("basic_publish", exchange, rpc_queue("records"), b"") for exchange in sorted(others)]
    assert thief.allowed(acts) == []


def test_the_user_of_the_scaler_learns_the_lengths_of_queues_and_nothing_else(platform: Stack) -> None:
    scaler, queues = Thief(platform, SCALING), sorted(QUEUES)
    lengths = [("queue_declare", queue, True) for queue in queues]
    assert scaler.allowed(lengths) == lengths
    acts = [(act, queue) for queue in queues for act in ("basic_get", "queue_purge", "queue_delete")]
    publishing = [("basic_publish", exchange, "records.list", b"") for exchange in ("", *sorted(EXCHANGES))]
    assert scaler.allowed([*acts, *publishing]) == []


def test_it_answers_no_call_that_was_not_sent_to_it(thief: Thief, platform: Stack) -> None:
    """Whoever was called once knows where replies to the caller go; what names a call cannot be guessed."""
    with open_channel(platform.addresses.amqp_url) as channel:
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, RPC, "notify.unanswered")

        def taken() -> pika.BasicProperties:
            wait_until(lambda: channel.queue_declare(queue, passive=True).method.message_count, "the call")
            return channel.basic_get(queue, auto_ack=True)[1]

        def answer(call: pika.BasicProperties) -> None:
            properties = pika.BasicProperties(correlation_id=call.correlation_id)
            channel.basic_publish("", call.reply_to, b"genuine", properties)

        assert asyncio.run(_reply_of(Thief(platform, GATEWAY), taken, thief, answer)) == b"genuine"


async def _reply_of(caller: Thief, taken: Callable[[], Any], thief: Thief, answer: Callable[[Any], None]) -> bytes:
    """The reply to a call while the thief sends replies that it makes up."""
    bus = await caller.bus()
    try:
        reply = asyncio.create_task(bus.ask("notify.unanswered", b"{}", 30))
        call = await asyncio.to_thread(taken)
        await asyncio.to_thread(_make_up_replies, thief, call.reply_to)
        await asyncio.to_thread(answer, call)
        return await reply
    finally:
        await bus.close()


def _make_up_replies(thief: Thief, reply_to: str) -> None:
    may_reply = any(api.service == thief.process for api in APIS)
    assert thief.allowed([("basic_publish", "", reply_to, b"made up")]) == [] or may_reply
    if may_reply:
        with thief.channel() as channel:
            for number in ("", "0", *map(str, range(1, 100)), token_hex(16)):
                channel.basic_publish("", reply_to, b"made up", pika.BasicProperties(correlation_id=number))


def test_nobody_logs_in_without_a_password_of_this_platform(platform: Stack) -> None:
    """RabbitMQ makes a user "guest" for itself unless its definitions name others."""
    rabbit = platform.addresses.rabbit
    for user in ("guest", "carnet", *USERS):
        for url in (rabbit.url, rabbit.url_of(GATEWAY)):
            stranger = urlsplit(url)._replace(netloc=f"{user}:{user}@{urlsplit(url).netloc.rpartition('@')[2]}")
            assert not is_amqp_ready(stranger.geturl(), str(rabbit.ca_file))
