"""One of the two services: `python -m bench.floor.server near`, with the settings of `launch.py`."""

# Everything must be patched before anything else is imported, else a blocking call stops the whole process.
import os
import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
os.environ["EVENTLET_NO_GREENDNS"] = "yes"

import eventlet  # noqa: E402

eventlet.monkey_patch()

import gc  # noqa: E402
import sys  # noqa: E402
from functools import partial  # noqa: E402
from time import time  # noqa: E402
from typing import Any  # noqa: E402

import msgspec  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: E402
from eventlet.timeout import Timeout  # noqa: E402
from kombu import Exchange, Queue  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402
from nameko.extensions import DependencyProvider, Entrypoint, SharedExtension  # noqa: E402
from nameko.messaging import QueueConsumer  # noqa: E402

from bench.floor import messages, units  # noqa: E402
from bench.floor.connection import Caller, connect, listen  # noqa: E402
from bench.floor.launch import AMQP_URL, PUBLIC_KEY  # noqa: E402
from bench.floor.messages import FAILED, FAR, PASS_ON, SAY, UNREADABLE, Context, Refused, Reply, Word  # noqa: E402
from bench.floor.tokens import EchoKeyring  # noqa: E402

_CONCURRENCY = 24
_LONGEST_SECONDS = 3.0


class Shared(SharedExtension):
    """What the process holds once: the key it believes, and the connection for calls and answers."""

    def setup(self) -> None:
        """Open the connection; what is taken before it is open could not be answered."""
        name = self.container.service_name
        self.keyring = EchoKeyring(name, Ed25519PublicKey.from_public_bytes(bytes.fromhex(os.environ[PUBLIC_KEY])))
        connection = connect(os.environ[AMQP_URL])
        self.caller = Caller(connection)
        self.container.spawn_managed_thread(partial(listen, connection), identifier="caller")


class Provided(DependencyProvider):
    """Gives each worker what is shared."""

    shared = Shared()

    def get_dependency(self, _worker: Any) -> Any:
        """The same for every worker."""
        return self.shared


class EchoConsumer(QueueConsumer):
    """nameko's consumer, handing each message straight to its worker as bytes."""

    def handle_message(self, provider: Any, body: Any, message: Any) -> None:
        """Start the worker here; nameko would start a thread to start it."""
        provider.handle_message(body if isinstance(body, bytes) else bytes(message.body), message)


class Calls(Entrypoint):
    """Takes every call to this service; answers, then acknowledges."""

    consumer = EchoConsumer()
    shared = Shared()

    def setup(self) -> None:
        """Join the consumer before it starts."""
        name = self.container.service_name
        exchange = Exchange(messages.EXCHANGE, "topic", durable=True)
        self.queue = Queue(messages.queue_of(name), exchange=exchange, routing_key=f"{name}.*", durable=True)
        self.consumer.register_provider(self)

    def stop(self) -> None:
        """Take no more."""
        self.consumer.unregister_provider(self)

    def handle_message(self, body: bytes, message: Any) -> None:
        """A worker for each call."""
        route = message.delivery_info["routing_key"]
        self.container.spawn_worker(self, (route, body), {}, handle_result=partial(self._answer, message))

    def _answer(self, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is None:
            properties = message.properties
            self.shared.caller.answer(properties["reply_to"], properties["correlation_id"], result)
        self.consumer.ack_message(message)
        return result, exc_info


class Echo:
    """Says what it hears, or has the far one say it."""

    shared: Any = Provided()

    def take(self, route: str, body: bytes) -> bytes:
        """One call, from its bytes to its answer's bytes."""
        try:
            word = self._done(route, body)
        except Refused as refused:
            return messages.encode(Reply(problem=str(refused)))
        return messages.encode(Reply(result=msgspec.Raw(messages.encode(word))))

    def _done(self, route: str, body: bytes) -> Word:
        try:
            request = messages.decode_request(body)
            claims = self.shared.keyring.check(request.context.token, now=time())
            word = messages.decode_word(request.message)
        except msgspec.MsgspecError:
            raise Refused(UNREADABLE) from None
        context = request.context
        seconds = context.deadline - time()
        if seconds <= 0:
            raise Refused(FAILED)
        with units.observed(route, claims.role, context.traceparent), Timeout(seconds, Refused(FAILED)):
            return self._pass_on(word, context) if route.endswith(PASS_ON) else word

    def _pass_on(self, word: Word, context: Context) -> Word:
        onward = Context(
            token=context.token,
            deadline=min(context.deadline, time() + _LONGEST_SECONDS),
            traceparent=units.current_traceparent(),
        )
        body = messages.question(word, onward)
        return messages.answer_in(self.shared.caller.ask(f"{FAR}.{SAY}", body, deadline=onward.deadline))


def main(name: str) -> None:
    """Serve until killed."""
    units.configure(name)
    service = type("Service", (Echo,), {"name": name, "take": Calls.decorator()(Echo.take)})
    container = ServiceContainer(service, {"AMQP_URI": os.environ[AMQP_URL], "max_workers": _CONCURRENCY})
    container.start()
    # What exists by now lives as long as the process; looking through it again and again costs each call.
    gc.collect()
    gc.freeze()
    container.wait()


if __name__ == "__main__":
    main(sys.argv[1])
