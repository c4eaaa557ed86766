"""What a command acts on: what the operator's variables name, or else the development stack, never a mixture."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from rich.markup import escape

from chassis.settings import read_text
from cli.output import errors
from contracts.wiring import SERVICES
from deploy.dev.description import read_description
from deploy.dev.errors import StackError
from deploy.dev.stack import Stack

OPERATOR_VARIABLES = (
    "CARNET_GATEWAY_URL",
    "CARNET_OPERATOR_KEY",
    "CARNET_AMQP_URL",
    "CARNET_AMQP_CA_FILE",
    *(f"CARNET_{service.upper()}_DATABASE_URL" for service in SERVICES),
    "CARNET_CODE_PEPPER_FILE",
    "CARNET_MASTER_KEY_FILE",
    "CARNET_PKCS11_MODULE",
    "CARNET_S3_ENDPOINT",
    "CARNET_S3_BUCKET",
    "CARNET_HEAD_KEY",
    "CARNET_SUBJECT_KEY_FILE",
    "CARNET_ARCHIVE_ENDPOINT",
)
"""With one of them set, a command is not meant for the development stack, unless CARNET_DEV_ROOT names one."""


def target(variable: str) -> str | None:
    """What a variable names, or the file of `<variable>_FILE` holds; None: the development stack is meant.

    Raises:
        StackError: it is not set, but another variable of an operator is; or its file cannot be read.
    """
    value = optional_target(variable)
    if value is None and not is_stack_meant():
        others = ", ".join(_set())
        raise StackError(
            f"{variable} manque, et {others} ne désigne pas la plate-forme de développement : CARNET_DEV_ROOT la"
            f" désigne / {variable} is missing, and {others} does not mean the development stack: CARNET_DEV_ROOT"
            " names it"
        )
    return value


def optional_target(variable: str) -> str | None:
    """As `target`, but None too where only other variables are set."""
    try:
        return read_text(variable, os.environ) or None
    except SystemExit as error:
        raise StackError(str(error)) from None


def is_stack_meant() -> bool:
    """Whether what no variable names is that of the development stack."""
    return bool(os.environ.get("CARNET_DEV_ROOT")) or next(_set(), None) is None


def check_stack_is_meant() -> None:
    """Raise StackError where variables of an operator mean another platform: this one's cards are not for it."""
    if not is_stack_meant():
        raise StackError(
            f"réservé à la plate-forme de développement, que {', '.join(_set())} ne désigne pas : CARNET_DEV_ROOT la"
            " désigne / for the development stack only, which these do not mean: CARNET_DEV_ROOT names it"
        )


def stack_that_is_up(instead: str = "") -> dict[str, Any]:
    """The description of the development stack; raises StackError, naming what to set instead, if it is down."""
    description = read_description(Stack.from_environment(os.environ).layout)
    if description is None:
        choices = ", ".join(filter(None, ("make up", instead)))
        raise StackError(f"la plate-forme est arrêtée / the platform is down: {choices}")
    return description


def database_of(service: str, given: str) -> str:
    """URL of a service's database: `given`, else CARNET_<SERVICE>_DATABASE_URL, else that of the stack that is up."""
    variable = f"CARNET_{service.upper()}_DATABASE_URL"
    url = given or target(variable) or str(stack_that_is_up(f"--database, {variable}")["postgres"][service])
    announce_target(f"base / database {service}", without_secret(url))
    return url


def announce_target(kind: str, name: str) -> None:
    """Say on standard error what the command acts on, before it does."""
    errors.print(f"[dim]→ {escape(f'{kind} {name}')}[/]")


def without_secret(url: str) -> str:
    """A URL without its password and parameters."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return parts._replace(netloc=f"{name}@{host}" if name else host, query="", fragment="").geturl()


def _set() -> Iterator[str]:
    for variable in OPERATOR_VARIABLES:
        for name in (variable, f"{variable}_FILE"):
            if os.environ.get(name):
                yield name
