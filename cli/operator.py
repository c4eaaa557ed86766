"""The operator's way in: a token under the host's own key, and the gateway's door for those who hold one."""

import getpass
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import requests
import typer

from chassis.tokens import Signer, sign_actor
from cli.cards import running
from contracts.envelope import Actor
from contracts.vocabulary import Role
from deploy.dev.errors import StackError
from deploy.dev.keys import Keys
from deploy.dev.stack import Stack

A = TypeVar("A")

Yes = Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation / do not ask")]

_SECONDS = 30
_TOKEN_SECONDS = 300


class OperatorClient:
    """The gateway, spoken to in the operator's name; every answer that is none ends as a StackError."""

    def __init__(self, gateway: str, token: str) -> None:
        self._gateway = gateway.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    @classmethod
    def from_environment(cls) -> "OperatorClient":
        """The gateway at CARNET_GATEWAY_URL, else that of the development stack that is up.

        The key lies in the file CARNET_OPERATOR_KEY, else it is the stack's; who acts is CARNET_OPERATOR_NAME, else
        whoever is logged in on this machine.
        """
        gateway = os.environ.get("CARNET_GATEWAY_URL") or running().gateway
        return cls(gateway, operator_token())

    def get(self, path: str, answer: type[A], **query: str | int) -> A:
        """Ask for something."""
        return self._answer("GET", path, answer, params=query)

    def post(self, path: str, message: msgspec.Struct, answer: type[A]) -> A:
        """Say something."""
        return self._answer("POST", path, answer, data=msgspec.json.encode(message))

    def put(self, path: str, message: msgspec.Struct, answer: type[A]) -> A:
        """State something anew."""
        return self._answer("PUT", path, answer, data=msgspec.json.encode(message))

    def suspend(self, path: str, answer: type[A], *, suspended: bool) -> A:
        """Shut out what lies at this address, or let it in again."""
        return self._answer("PUT", f"{path}/suspension", answer, json={"suspended": suspended})

    def _answer(self, verb: str, path: str, answer: type[A], **options: Any) -> A:
        url = f"{self._gateway}{path}"
        try:
            response = requests.request(verb, url, headers=self._headers, timeout=_SECONDS, **options)
        except requests.RequestException:
            raise StackError(f"{self._gateway} ne répond pas / does not answer") from None
        if not response.ok:
            raise StackError(_refusal(response))
        try:
            return msgspec.json.decode(response.content, type=answer)
        except msgspec.MsgspecError as error:
            raise StackError(f"réponse illisible / unreadable answer: {error}") from None


def text_of(file: Path) -> str:
    """What an operator wrote in a file; raises StackError."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise StackError(f"fichier illisible / this file does not read: {file}") from None


def state_of(suspended_at: datetime | None) -> str:
    """Whether an app or a software is shut out, and since when."""
    if suspended_at is None:
        return "ouvert / open"
    return f"suspendu / suspended {suspended_at:%Y-%m-%d %H:%M} UTC"


def operator_token() -> str:
    """A token that says who the operator is, good for five minutes."""
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


def _refusal(response: requests.Response) -> str:
    """The gateway's reason in both languages, or what it answered."""
    try:
        body = response.json()
        return f"{response.status_code} {body['code']}: {body['fr']} / {body['en']}"
    except (ValueError, KeyError, TypeError):
        return f"{response.status_code} {response.text[:500]}"
