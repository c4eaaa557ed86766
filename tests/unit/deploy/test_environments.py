"""In the development stack too, no process is given a secret of another."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from contracts.wiring import GATEWAY, SERVICES
from deploy.dev.environment import environment_of_gateway, environment_of_mailbox, environment_of_service
from deploy.dev.stack import Stack

MAILBOX = "mailbox"
PROCESSES = (GATEWAY, *SERVICES, MAILBOX)


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return Stack(tmp_path, 40_000)


def environment_of(name: str, stack: Stack) -> Mapping[str, str]:
    if name == GATEWAY:
        return environment_of_gateway(stack.addresses)
    if name == MAILBOX:
        return environment_of_mailbox(stack.addresses)
    return environment_of_service(name, stack.addresses)


def owners_of(credential: str) -> set[str]:
    """Which processes need a secret of credentials.json: its name says whose it is."""
    kind, _, owner = credential.partition(".")
    if kind in ("amqp", "database") and owner in PROCESSES:
        return {owner}
    if kind.startswith("s3_"):
        return {"documents"}
    return {"notify", MAILBOX} if kind.startswith(("twilio_", "ovh_")) else set()


def test_a_password_is_given_to_nobody_but_its_owners(stack: Stack) -> None:
    for name in PROCESSES:
        text = "\n".join(environment_of(name, stack).values())
        secrets = {key for key in stack.addresses.credentials if key not in ("namespace", "ovh_sms_service")}
        given = {key for key in secrets if stack.addresses.credentials[key] in text}
        assert {key for key in given if name not in owners_of(key)} == set(), name


def test_a_key_file_is_named_to_nobody_but_its_owner(stack: Stack) -> None:
    keys = stack.addresses.keys
    owners = {keys.signing(service): service for service in SERVICES}
    owners |= {keys.master: "documents", keys.code_pepper: "identity", keys.openid: "identity"}
    owners |= {keys.journal_heads: "audit", keys.journal_subjects: "audit"}
    for file, owner in owners.items():
        assert [name for name in PROCESSES if str(file) in environment_of(name, stack).values()] == [owner], file
