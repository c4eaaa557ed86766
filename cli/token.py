"""`carnet token`: log a demo person in through the gateway and print the access token."""

import re
import time
from typing import Any

import requests
import typer

from cli.cards import Name, RunningStack, Software, Structure, running_stack
from cli.stack import exit_on_error
from contracts.vocabulary import Channel
from deploy.dev.errors import StackError
from deploy.dev.people import Login, load_logins

_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SECONDS = 10
_CODE = re.compile(r"\b[0-9]{6}\b")


def token(name: Name, structure: Structure = "", software: Software = "") -> None:
    """Jeton d'accès d'une personne de démonstration. / Access token of a demo person."""
    with exit_on_error():
        stack = running_stack()
        login = load_logins(stack.cards).get(name)
        answer = _log_in_patient(stack, login) if login else _log_in_professional(stack, name, structure, software)
        typer.echo(answer["access_token"])


def _log_in_professional(stack: RunningStack, name: str, structure: str, software: str) -> dict[str, Any]:
    form = {"grant_type": _JWT_BEARER, "assertion": stack.cps_assertion(name, structure, software)}
    return _answer(requests.post(f"{stack.gateway}/oauth/token", data=form, timeout=_SECONDS))


def _log_in_patient(stack: RunningStack, login: Login) -> dict[str, Any]:
    seen = _newest_message(stack, login.mobile)
    body = {"identifier": login.identifier, "password": login.password, "channel": Channel.SMS}
    attempt = _answer(requests.post(f"{stack.gateway}/sessions", json=body, timeout=_SECONDS))["attempt"]
    code = {"code": _read_code(stack, login.mobile, after=seen)}
    return _answer(requests.post(f"{stack.gateway}/sessions/{attempt}/code", json=code, timeout=_SECONDS))


def _read_code(stack: RunningStack, address: str, *, after: int) -> str:
    """The code in the first message to `address` numbered above `after`."""
    limit = time.monotonic() + _SECONDS
    while time.monotonic() < limit:
        for message in _messages(stack, address):
            found = _CODE.search(message["body"])
            if message["number"] > after and found:
                return found.group()
        time.sleep(0.1)
    raise StackError(
        "aucun code reçu : ce compte n'est pas activé, « make demo » l'active"
        " / no code came: this account is not active, `make demo` activates it"
    )


def _newest_message(stack: RunningStack, address: str) -> int:
    return max((int(message["number"]) for message in _messages(stack, address)), default=0)


def _messages(stack: RunningStack, address: str) -> list[dict[str, Any]]:
    answer = requests.get(f"{stack.mailbox}/messages.json", params={"to": address}, timeout=_SECONDS)
    messages: list[dict[str, Any]] = _answer(answer)["messages"]
    return messages


def _answer(response: requests.Response) -> dict[str, Any]:
    if not response.ok:
        raise StackError(f"{response.status_code} {response.text}")
    body: dict[str, Any] = response.json()
    return body
