"""Every RPC method refuses a message that is larger than it declares, or holds more than it declares."""

import time
from typing import Any

import msgspec
import uvloop

from chassis.bus import Bus
from chassis.tokens import Signer, sign_actor
from contracts.api import Method
from contracts.envelope import Actor, CallContext, RpcReply, RpcRequest
from contracts.errors.execution import RequestTooLarge
from contracts.records.api import Records
from contracts.vocabulary import PLATFORM, Role
from contracts.wiring import APIS
from deploy.dev.stack import Stack

METHODS = [method for api in APIS for method in api.methods()]
_SECONDS = 10.0


async def ask(bus: Bus, method: Method[Any, Any], message: bytes, token: str = "") -> RpcReply:
    context = CallContext(token=token, deadline=time.time() + _SECONDS)
    body = msgspec.json.encode(RpcRequest(context=context, message=msgspec.Raw(message)))
    return msgspec.json.decode(await bus.ask(method.route, body, _SECONDS), type=RpcReply)


def code_and_details(reply: RpcReply) -> tuple[str, dict[str, str]]:
    assert reply.problem is not None
    return reply.problem.code, reply.problem.details


def test_a_message_larger_than_its_method_declares_is_refused(platform: Stack) -> None:
    async def ask_all() -> dict[str, tuple[str, dict[str, str]]]:
        bus = await Bus.connect(platform.addresses.amqp_url)
        try:
            return {
                method.route: code_and_details(await ask(bus, method, b'"' + b"x" * method.limits.size + b'"'))
                for method in METHODS
            }
        finally:
            await bus.close()

    expected = {method.route: (RequestTooLarge.code, {"limit": str(method.limits.size)}) for method in METHODS}
    assert uvloop.run(ask_all()) == expected


def test_a_message_with_more_values_than_its_method_declares_is_refused(platform: Stack) -> None:
    identity = Signer.from_file(platform.addresses.keys.signing("identity"))
    token = sign_actor(identity, Actor(role=Role.PATIENT, subject=str(PLATFORM)), seconds=600)
    tokens = [["type:11502-2"] * 50] * 20
    message = msgspec.json.encode({"patient_id": str(PLATFORM), "statuses": ["current"], "tokens": tokens})

    async def search() -> RpcReply:
        bus = await Bus.connect(platform.addresses.amqp_url)
        try:
            return await ask(bus, Records.search_documents, message, token)
        finally:
            await bus.close()

    assert code_and_details(uvloop.run(search())) == ("request.invalid", {"field": "tokens"})
