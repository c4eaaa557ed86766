"""Every RPC method, called on the broker with every kind of token, admits exactly the callers it declares."""

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
from contracts.errors.base import Refusal
from contracts.errors.request import InvalidRequest, RoleForbidden, TokenInvalid
from contracts.vocabulary import PLATFORM, Role
from contracts.wiring import APIS, CALLS, OPEN_METHODS, SERVICES, TOKEN_AUDIENCES
from deploy.dev.stack import Stack
from tests.support.comparisons import check_all

METHODS = {method.route: method for api in APIS for method in api.methods()}
INVALID_MESSAGE = msgspec.Raw(b"[]")
"""Invalid for every method: an admitted caller gets InvalidRequest, and nothing is executed."""

_SECONDS = 10.0
_OF_PEOPLE = [role for role in Role if role not in {Role.SERVICE, Role.OPERATOR}]

TokenFactory = Callable[[Stack], str]


def signer(platform: Stack, issuer: str) -> Signer:
    return Signer.from_file(platform.addresses.keys.signing(issuer))


def actor_token(issuer: str, role: Role, subject: str = str(PLATFORM), *, ago: float = 0.0) -> TokenFactory:
    actor = Actor(role=role, subject=subject)
    return lambda platform: sign_actor(signer(platform, issuer), actor, seconds=600, now=time.time() - ago)


def forged(platform: Stack, role: Role) -> str:
    key = OKPKey.generate_key("Ed25519", {"kid": "identity"})
    return sign_actor(Signer(key, "identity"), Actor(role=role, subject=str(PLATFORM)), seconds=600)


def tampered(platform: Stack) -> str:
    head, body, signature = actor_token("identity", Role.PATIENT)(platform).split(".")
    return f"{head}.{body[:-6]}AAAAAA.{signature}"


def of_another_kind(platform: Stack) -> str:
    actor = Actor(role=Role.PATIENT, subject=str(PLATFORM))
    return signer(platform, "identity").sign(
        actor, kind="carnet-ticket+jwt", to=SERVICES, seconds=600, now=time.time()
    )


def for_audience(platform: Stack, to: tuple[str, ...]) -> str:
    actor = Actor(role=Role.PATIENT, subject=str(PLATFORM))
    return signer(platform, "identity").sign(actor, kind=ACTOR, to=to, seconds=600, now=time.time())


ADMITTED: dict[str, tuple[Role, TokenFactory]] = {
    **{role.value: (role, actor_token("identity", role)) for role in _OF_PEOPLE},
    "operator": (Role.OPERATOR, actor_token("operator.astreinte", Role.OPERATOR, "astreinte")),
    **{name: (Role.SERVICE, actor_token(name, Role.SERVICE, name)) for name in SERVICES},
}
"""Name -> role and factory of a valid token."""

REJECTED: dict[str, TokenFactory] = {
    "no token": lambda _: "",
    "garbage": lambda _: "a.b.c",
    "expired": actor_token("identity", Role.PATIENT, ago=3600),
    "expired operator": actor_token("operator.astreinte", Role.OPERATOR, "astreinte", ago=3600),
    "tampered": tampered,
    "of another kind": of_another_kind,
    "for no audience": lambda platform: for_audience(platform, ()),
    "for the gateway": lambda platform: for_audience(platform, ("gateway",)),
    "for another service": lambda platform: for_audience(platform, ("documents",)),
    **{f"forged {role.value}": lambda platform, role=role: forged(platform, role) for role in Role},  # type: ignore[misc]
    # A trusted key that signs for a subject it may not sign for.
    **{f"{role.value} by records": actor_token("records", role) for role in _OF_PEOPLE},
    "operator by identity": actor_token("identity", Role.OPERATOR, "astreinte"),
    "notify by audit": actor_token("audit", Role.SERVICE, "notify"),
    "patient by operator": actor_token("operator.astreinte", Role.PATIENT),
    "operator by another": actor_token("operator.astreinte", Role.OPERATOR, "exploitant"),
}


@pytest.fixture(scope="module")
def answers(platform: Stack) -> dict[tuple[str, str], str]:
    """(route, name of the token) -> code of the reply, or "done"."""
    tokens = {who: make(platform) for who, (_, make) in ADMITTED.items()}
    tokens |= {who: make(platform) for who, make in REJECTED.items()}

    async def call_all() -> dict[tuple[str, str], str]:
        bus = await Bus.connect(platform.addresses.amqp_url)
        try:
            found: dict[tuple[str, str], str] = {}
            for route in METHODS:
                codes = await asyncio.gather(*(_code(bus, route, token) for token in tokens.values()))
                found |= {(route, who): code for who, code in zip(tokens, codes, strict=True)}
            return found
        finally:
            await bus.close()

    return uvloop.run(call_all())


async def _code(bus: Bus, route: str, token: str) -> str:
    context = CallContext(token=token, deadline=time.time() + _SECONDS)
    body = msgspec.json.encode(RpcRequest(context=context, message=INVALID_MESSAGE))
    reply = msgspec.json.decode(await bus.ask(route, body, _SECONDS), type=RpcReply)
    return reply.problem.code if reply.problem else "done"


def is_admitted(method: Method[Any, Any], who: str) -> bool:
    role, _ = ADMITTED[who]
    if method.anonymous:
        return True
    if role is Role.SERVICE:
        return role in method.roles and (method.service in CALLS[who] or method.route in OPEN_METHODS)
    return role in method.roles


def is_audience(service: str, who: str) -> bool:
    """Whether the token's audience includes the service, which may still refuse the method to its role."""
    role, _ = ADMITTED[who]
    return service in (CALLS[who] if role is Role.SERVICE else TOKEN_AUDIENCES[role])


def expected_refusal(method: Method[Any, Any], who: str) -> type[Refusal]:
    """What a valid token gets for the invalid message."""
    if is_admitted(method, who):
        return InvalidRequest
    return RoleForbidden if is_audience(method.service, who) else TokenInvalid


@pytest.mark.parametrize("route", METHODS)
def test_a_method_admits_exactly_the_callers_it_declares(answers: dict[tuple[str, str], str], route: str) -> None:
    expected = {who: expected_refusal(METHODS[route], who).code for who in ADMITTED}
    check_all("method and caller", {who: answers[route, who] for who in ADMITTED}, expected)


@pytest.mark.parametrize("route", [route for route, method in METHODS.items() if not method.anonymous])
def test_every_method_refuses_missing_forged_expired_and_foreign_tokens(
    answers: dict[tuple[str, str], str], route: str
) -> None:
    found = {who: answers[route, who] for who in REJECTED}
    check_all("method and invalid token", found, dict.fromkeys(REJECTED, TokenInvalid.code))


def test_every_method_is_asked_in_every_role_by_every_service_and_with_forged_tokens(
    answers: dict[tuple[str, str], str],
) -> None:
    methods = [method.route for api in APIS for method in api.methods()]
    callers = [*(role for role in Role if role is not Role.SERVICE), *SERVICES]
    forged_tokens = [f"forged {role.value}" for role in Role]
    assert list(ADMITTED) == callers
    assert set(forged_tokens) < set(REJECTED)
    assert len(answers) == len(methods) * (len(callers) + len(REJECTED))
