"""Every method on the broker, asked by everybody: it answers those it admits and turns all others away, by itself."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import uvloop
from joserfc.jwk import OKPKey

from chassis.bus import Bus
from chassis.tokens import ACTOR, Signer, sign_actor
from contracts.api import Method
from contracts.envelope import Actor, CallContext, RpcReply, RpcRequest
from contracts.errors import InvalidRequest, Refusal, RoleForbidden, TokenInvalid
from contracts.vocabulary import PLATFORM, Role
from contracts.wiring import APIS, CALLS, OPEN_METHODS, SERVICES, TOKEN_AUDIENCES
from deploy.dev.stack import Stack

METHODS = {method.route: method for api in APIS for method in api.methods()}
NO_MESSAGE = msgspec.Raw(b"[]")
"""No method takes it: whoever is admitted hears that the message is wrong, and nothing is done."""

_SECONDS = 10.0
_OF_PEOPLE = [role for role in Role if role not in {Role.SERVICE, Role.OPERATOR}]

Mint = Callable[[Stack], str]


def signer(platform: Stack, issuer: str) -> Signer:
    return Signer.from_file(platform.addresses.keys.signing(issuer))


def word(issuer: str, role: Role, subject: str = str(PLATFORM), *, ago: float = 0.0) -> Mint:
    actor = Actor(role=role, subject=subject)
    return lambda platform: sign_actor(signer(platform, issuer), actor, seconds=600, now=time.time() - ago)


def forged(platform: Stack, role: Role) -> str:
    key = OKPKey.generate_key("Ed25519", {"kid": "identity"})
    return sign_actor(Signer(key, "identity"), Actor(role=role, subject=str(PLATFORM)), seconds=600)


def tampered(platform: Stack) -> str:
    head, body, signature = word("identity", Role.PATIENT)(platform).split(".")
    return f"{head}.{body[:-6]}AAAAAA.{signature}"


def of_another_kind(platform: Stack) -> str:
    actor = Actor(role=Role.PATIENT, subject=str(PLATFORM))
    return signer(platform, "identity").sign(
        actor, kind="carnet-ticket+jwt", to=SERVICES, seconds=600, now=time.time()
    )


def for_somebody_else(platform: Stack, to: tuple[str, ...]) -> str:
    actor = Actor(role=Role.PATIENT, subject=str(PLATFORM))
    return signer(platform, "identity").sign(actor, kind=ACTOR, to=to, seconds=600, now=time.time())


ADMITTED: dict[str, tuple[Role, Mint]] = {
    **{role.value: (role, word("identity", role)) for role in _OF_PEOPLE},
    "operator": (Role.OPERATOR, word("operator", Role.OPERATOR, "astreinte")),
    **{name: (Role.SERVICE, word(name, Role.SERVICE, name)) for name in SERVICES},
}
"""Who bears a token that is right -> their role."""

TURNED_AWAY: dict[str, Mint] = {
    "nobody": lambda _: "",
    "garbage": lambda _: "a.b.c",
    "expired": word("identity", Role.PATIENT, ago=3600),
    "expired operator": word("operator", Role.OPERATOR, "astreinte", ago=3600),
    "tampered": tampered,
    "of another kind": of_another_kind,
    "for nobody": lambda platform: for_somebody_else(platform, ()),
    "for the street door": lambda platform: for_somebody_else(platform, ("gateway",)),
    "for another service": lambda platform: for_somebody_else(platform, ("documents",)),
    **{f"forged {role.value}": lambda platform, role=role: forged(platform, role) for role in Role},  # type: ignore[misc]
    # A key that is believed, speaking for somebody it may not speak for.
    **{f"{role.value} by records": word("records", role) for role in _OF_PEOPLE},
    "operator by identity": word("identity", Role.OPERATOR, "astreinte"),
    "notify by audit": word("audit", Role.SERVICE, "notify"),
    "patient by operator": word("operator", Role.PATIENT),
}


@pytest.fixture(scope="module")
def answers(platform: Stack) -> dict[tuple[str, str], str]:
    """(method, who) -> the code of what the service answered."""
    tokens = {who: mint(platform) for who, (_, mint) in ADMITTED.items()}
    tokens |= {who: mint(platform) for who, mint in TURNED_AWAY.items()}

    async def ask_all() -> dict[tuple[str, str], str]:
        bus = await Bus.connect(platform.addresses.amqp_url)
        try:
            found: dict[tuple[str, str], str] = {}
            for route in METHODS:
                codes = await asyncio.gather(*(_code(bus, route, token) for token in tokens.values()))
                found |= {(route, who): code for who, code in zip(tokens, codes, strict=True)}
            return found
        finally:
            await bus.close()

    return uvloop.run(ask_all())


async def _code(bus: Bus, route: str, token: str) -> str:
    context = CallContext(token=token, deadline=time.time() + _SECONDS)
    body = msgspec.json.encode(RpcRequest(context=context, message=NO_MESSAGE))
    reply = msgspec.json.decode(await bus.ask(route, body, _SECONDS), type=RpcReply)
    return reply.problem.code if reply.problem else "done"


def is_admitted(method: Method[Any, Any], who: str) -> bool:
    role, _ = ADMITTED[who]
    if method.anonymous:
        return True
    if role is Role.SERVICE:
        return role in method.roles and (method.service in CALLS[who] or method.route in OPEN_METHODS)
    return role in method.roles


def is_for(service: str, who: str) -> bool:
    """Whether this bearer's token is meant for a service that may still not admit them to this method."""
    role, _ = ADMITTED[who]
    return service in (CALLS[who] if role is Role.SERVICE else TOKEN_AUDIENCES[role])


@pytest.mark.parametrize("route", METHODS)
@pytest.mark.parametrize("who", ADMITTED)
def test_a_method_admits_exactly_those_it_declares(answers: dict[tuple[str, str], str], route: str, who: str) -> None:
    if is_admitted(METHODS[route], who):
        due: type[Refusal] = InvalidRequest
    else:
        due = RoleForbidden if is_for(METHODS[route].service, who) else TokenInvalid
    assert answers[route, who] == due.code


@pytest.mark.parametrize("route", [route for route, method in METHODS.items() if not method.anonymous])
@pytest.mark.parametrize("who", TURNED_AWAY)
def test_no_method_believes_a_token_that_is_none_forged_expired_or_another_ones(
    answers: dict[tuple[str, str], str], route: str, who: str
) -> None:
    assert answers[route, who] == TokenInvalid.code
