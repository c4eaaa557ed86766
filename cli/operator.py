"""Client of the gateway's operator API, with a token signed by the operator's key."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from chassis.tokens import Signer, issuer_of_operator, operator_of, sign_actor
from cli.target import announce_target, stack_that_is_up, target
from client.operator import OperatorClient
from contracts.envelope import Actor
from contracts.vocabulary import Act, Role
from deploy.dev.errors import StackError
from deploy.dev.keys import OPERATORS, Keys
from deploy.dev.stack import Stack

Yes = Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation / do not ask")]

_TOKEN_SECONDS = 300


def operator_client() -> OperatorClient:
    """Client of the gateway at CARNET_GATEWAY_URL, else of that of the development stack that is up.

    The operator's key is in the file CARNET_OPERATOR_KEY, else that of the stack's operator CARNET_OPERATOR_NAME.
    """
    gateway = target("CARNET_GATEWAY_URL") or str(stack_that_is_up("CARNET_GATEWAY_URL")["gateway"])
    signer = _signer()
    announce_target("gateway", f"{gateway}, {signer.issuer}")
    return OperatorClient(gateway, _token(signer))


def operators_of_stack(gateway: str) -> OperatorClient:
    """Client of both operators of the development stack, for what needs two."""
    first, second = (_token(Signer.from_file(_key_of_the_stack(login))) for login in OPERATORS)
    return OperatorClient(gateway, first, second)


def attest(act: Act, subject: str) -> None:
    """Have an act on the host attested in the journal by two operators.

    Raises:
        ApiError: SecondSignatureAwaited where another operator must call the same command first.
    """
    operator_client().attest_act(act, subject)


def text_of(file: Path) -> str:
    """Text of an operator's file; raises StackError."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise StackError(f"fichier illisible / this file does not read: {file}") from None


def state_of(suspended_at: datetime | None) -> str:
    """Whether an app or a software is suspended, and since when."""
    if suspended_at is None:
        return "ouvert / open"
    return f"suspendu / suspended {suspended_at:%Y-%m-%d %H:%M} UTC"


def _token(signer: Signer) -> str:
    """An operator's access token, valid for five minutes; raises StackError."""
    login = operator_of(signer.issuer)
    if login is None:
        raise StackError(f"ce n'est pas la clé d'un exploitant / this is not an operator's key: {signer.issuer}")
    return sign_actor(signer, Actor(role=Role.OPERATOR, subject=login, name=login), seconds=_TOKEN_SECONDS)


def _signer() -> Signer:
    given = target("CARNET_OPERATOR_KEY")
    file = Path(given) if given else _key_of_the_stack(os.environ.get("CARNET_OPERATOR_NAME") or OPERATORS[0])
    try:
        return Signer.from_file(file)
    except (OSError, ValueError, KeyError, msgspec.MsgspecError):
        raise StackError(f"clé d'exploitant illisible / the operator's key cannot be read: {file}") from None


def _key_of_the_stack(login: str) -> Path:
    if login not in OPERATORS:
        raise StackError(f"exploitants / operators: {', '.join(OPERATORS)} (CARNET_OPERATOR_NAME)")
    return Keys(Stack.from_environment(os.environ).layout.keys).signing(issuer_of_operator(login))
