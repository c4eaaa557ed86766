"""What must not be lost is published even when the line has died unnoticed since the last time."""

import socket

import pika

from chassis.publisher import Publisher
from chassis.topology import DEAD_LETTERS, dead_letter_queue
from deploy.dev.stack import Stack

QUEUE = dead_letter_queue("documents")


def parked(platform: Stack) -> list[bytes]:
    """Everything in the parking queue, taken out of it."""
    with pika.BlockingConnection(pika.URLParameters(platform.addresses.amqp_url)) as connection:
        channel = connection.channel()
        found = []
        while (message := channel.basic_get(QUEUE, auto_ack=True))[0] is not None:
            found.append(message[2])
        return found


def test_a_line_that_died_while_idle_costs_no_message(platform: Stack) -> None:
    parked(platform)
    publisher = Publisher(platform.addresses.amqp_url)
    try:
        publisher.publish(DEAD_LETTERS, "documents", b"before")
        line = publisher._open().connection._impl._transport._sock
        line.shutdown(socket.SHUT_RDWR)
        publisher.publish(DEAD_LETTERS, "documents", b"after")
    finally:
        publisher.close()
    assert parked(platform) == [b"before", b"after"]
