"""The publisher reconnects when its connection has been lost while idle."""

import socket

from chassis.publisher import Publisher
from chassis.topology import DEAD_LETTERS, dead_letter_queue
from deploy.dev.stack import Stack
from tests.support.broker import open_channel

QUEUE = dead_letter_queue("documents")


def take_dead_letters(platform: Stack) -> list[bytes]:
    """Consume and return all messages of the dead-letter queue."""
    with open_channel(platform.addresses.amqp_url) as channel:
        found = []
        while (message := channel.basic_get(QUEUE, auto_ack=True))[0] is not None:
            found.append(message[2])
        return found


def test_a_connection_lost_while_idle_loses_no_message(platform: Stack) -> None:
    take_dead_letters(platform)
    publisher = Publisher(platform.addresses.amqp_url)
    try:
        publisher.publish(DEAD_LETTERS, "documents", b"before")
        idle_socket = publisher._open().connection._impl._transport._sock
        idle_socket.shutdown(socket.SHUT_RDWR)
        publisher.publish(DEAD_LETTERS, "documents", b"after")
    finally:
        publisher.close()
    assert take_dead_letters(platform) == [b"before", b"after"]
