"""Whether a backup of the databases is a backup of everything: nothing is in the broker, and nobody is connected."""

from collections.abc import Iterable
from contextlib import closing

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker

from chassis.broker_address import pika_parameters
from chassis.topology import topology
from deploy.dev.errors import StackError


def check_at_rest(url: str, ca_file: str, delays: Iterable[int]) -> None:
    """Check that no queue has a message or a consumer.

    A message that a consumer holds is not counted by the broker, so that there may be no consumer either.

    Args:
        url, ca_file: of the broker, and of its authority. delays: of retries, in seconds.

    Raises:
        StackError.
    """
    try:
        with closing(pika.BlockingConnection(pika_parameters(url, ca_file))) as connection:
            channel = connection.channel()
            for queue in topology(delays).queues:
                found = channel.queue_declare(queue.name, passive=True).method
                if found.message_count or found.consumer_count:
                    raise StackError(
                        f"le bus n'est pas au repos / the broker is not at rest: {queue.name},"
                        f" {found.message_count} messages, {found.consumer_count} consumers"
                    )
    except ChannelClosedByBroker as error:
        raise StackError(f"bus / broker: {error.reply_text} (CARNET_RETRY_SECONDS)") from None
    except (AMQPError, OSError, ValueError):
        raise StackError("le bus ne répond pas / the broker does not answer: CARNET_AMQP_URL") from None
