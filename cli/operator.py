"""Client of the gateway's operator API, with a token signed by the operator's key."""

import getpass
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import requests
import typer

from chassis.tokens import Signer, sign_actor
from cli.cards import running_stack
from contracts.envelope import Actor
from contracts.vocabulary import Role
from deploy.dev.errors import StackError
from deploy.dev.keys import Keys
from deploy.dev.stack import Stack

ResponseT = TypeVar("ResponseT")

Yes = Annotated[bool, typer.Option("--yes", help="Ne pas demander de confirmation / do not ask")]

_SECONDS = 30
_TOKEN_SECONDS = 300


class OperatorClient:
    """Operator API of the gateway; a failed request raises StackError."""

    def __init__(self, gateway: str, token: str) -> None:
        self._gateway = gateway.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    @classmethod
    def from_environment(cls) -> "OperatorClient":
        """The gateway at CARNET_GATEWAY_URL, else that of the development stack that is up.

        The key is in the file CARNET_OPERATOR_KEY, else the stack's. The operator's name is CARNET_OPERATOR_NAME,
        else the system user.
        """
        gateway = os.environ.get("CARNET_GATEWAY_URL") or running_stack().gateway
        return cls(gateway, operator_token())

    def get(self, path: str, response_type: type[ResponseT], **query: str | int) -> ResponseT:
        return self._request("GET", path, response_type, params=query)

    def post(self, path: str, message: msgspec.Struct, response_type: type[ResponseT]) -> ResponseT:
        return self._request("POST", path, response_type, data=msgspec.json.encode(message))

    def put(self, path: str, message: msgspec.Struct, response_type: type[ResponseT]) -> ResponseT:
        return self._request("PUT", path, response_type, data=msgspec.json.encode(message))

    def suspend(self, path: str, response_type: type[ResponseT], *, suspended: bool) -> ResponseT:
        """Suspend or resume the app or software at this path."""
        return self._request("PUT", f"{path}/suspension", response_type, json={"suspended": suspended})

    def _request(self, method: str, path: str, response_type: type[ResponseT], **options: Any) -> ResponseT:
        url = f"{self._gateway}{path}"
        try:
            response = requests.request(method, url, headers=self._headers, timeout=_SECONDS, **options)
        except requests.RequestException:
            raise StackError(f"{self._gateway} ne répond pas / does not answer") from None
        if not response.ok:
            raise StackError(_refusal(response))
        try:
            return msgspec.json.decode(response.content, type=response_type)
        except msgspec.MsgspecError as error:
            raise StackError(f"réponse illisible / unreadable answer: {error}") from None


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


def _refusal(response: requests.Response) -> str:
    """The refusal in both languages, or the raw response."""
    try:
        body = response.json()
        return f"{response.status_code} {body['code']}: {body['fr']} / {body['en']}"
    except (ValueError, KeyError, TypeError):
        return f"{response.status_code} {response.text[:500]}"
