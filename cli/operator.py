"""Client of the gateway's operator API, with a token signed by the operator's key."""

import getpass
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from chassis.tokens import Signer, sign_actor
from cli.cards import running_stack
from client.operator import OperatorClient
from contracts.envelope import Actor
from contracts.vocabulary import Role
from deploy.dev.errors import StackError
from deploy.dev.keys import Keys
from deploy.dev.stack import Stack

Yes = Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation / do not ask")]

_TOKEN_SECONDS = 300


def operator_client() -> OperatorClient:
    """Client of the gateway at CARNET_GATEWAY_URL, else of that of the development stack that is up.

    The key is in the file CARNET_OPERATOR_KEY, else the stack's. The operator's name is CARNET_OPERATOR_NAME, else
    the system user.
    """
    gateway = os.environ.get("CARNET_GATEWAY_URL") or running_stack().gateway
    return OperatorClient(gateway, operator_token())


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


def operator_token() -> str:
    """An operator's access token, valid for five minutes."""
    actor = Actor(role=Role.OPERATOR, subject=_name(), name=_name())
    return sign_actor(_signer(), actor, seconds=_TOKEN_SECONDS)


def _name() -> str:
    return os.environ.get("CARNET_OPERATOR_NAME") or getpass.getuser()


def _signer() -> Signer:
    given = os.environ.get("CARNET_OPERATOR_KEY")
    file = Path(given) if given else Keys(Stack.from_environment(os.environ).layout.keys).signing("operator")
    try:
        return Signer.from_file(file)
    except (OSError, ValueError, KeyError, msgspec.MsgspecError):
        raise StackError(f"clé d'exploitant illisible / the operator's key cannot be read: {file}") from None
