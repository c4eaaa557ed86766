"""py-amqp's connection under eventlet: one greenlet reads it while others write to it, over TLS too."""

from typing import Any, ClassVar

import amqp
from amqp.transport import SSLTransport


class BrokerConnection(amqp.Connection):
    """Does not ask the broker to announce that it blocks publishers.

    Otherwise each publication would first read, while another greenlet reads, which eventlet forbids over TLS.
    """

    negotiate_capabilities: ClassVar[dict[str, bool]] = {
        "consumer_cancel_notify": True,
        "authentication_failure_close": True,
    }


def _close_at_once(_transport: Any) -> None:
    """Do not exchange TLS's closing alerts: a broker that is gone would be waited for without end."""


# kombu, which nameko uses, makes its own connections with this class.
SSLTransport._shutdown_transport = _close_at_once
