"""How the two services are started and known to be ready, and the token with which one asks them."""

import sys
import time

import pika
import pika.exceptions
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.floor.messages import FAR, NEAR, queue_of
from bench.floor.tokens import EchoClaims, sign

AMQP_URL, PUBLIC_KEY = "BENCH_FLOOR_AMQP_URL", "BENCH_FLOOR_PUBLIC_KEY"
SERVICES = (NEAR, FAR)


class Launch:
    """One run of the two services behind a broker, with a key of its own."""

    def __init__(self, amqp_url: str) -> None:
        self.amqp_url = amqp_url
        self._key = Ed25519PrivateKey.generate()

    def arguments(self, service: str) -> tuple[str, ...]:
        """The command of a service."""
        return (sys.executable, "-m", "bench.floor.server", service)

    def environment(self) -> dict[str, str]:
        """What it needs to know."""
        return {AMQP_URL: self.amqp_url, PUBLIC_KEY: self._key.public_key().public_bytes_raw().hex()}

    def token(self, *, seconds: int, key: Ed25519PrivateKey | None = None) -> str:
        """A token for both; signed by another key where one is given."""
        expires = int(time.time()) + seconds
        claims = EchoClaims(sub="89990000070", role="professional", aud=SERVICES, exp=expires)
        return sign(key or self._key, claims)

    def is_ready(self, service: str) -> bool:
        """Whether it takes calls."""
        connection = pika.BlockingConnection(pika.URLParameters(self.amqp_url))
        try:
            found = connection.channel().queue_declare(queue_of(service), passive=True)
            return bool(found.method.consumer_count)
        except pika.exceptions.ChannelClosedByBroker:
            return False
        finally:
            connection.close()
