"""One directory for each process, with the keys of that process and of no other; made and completed by `make`."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from chassis.broker_permissions import OPERATOR, USERS
from chassis.tokens import issuer_of_operator
from chassis.topology import DELAYS
from contracts.wiring import GATEWAY, SERVICES
from deploy.dev.errors import StackError
from deploy.keys.broker import definitions
from deploy.keys.certificates import make_certificates
from deploy.keys.databases import roles_sql
from deploy.keys.files import KeyFiles
from deploy.keys.signing import (
    FIRST_OPENID_KEY,
    TRUSTED,
    key_file,
    keys_of,
    new_openid_key,
    new_signing_key,
    next_key_file,
    public_part,
    write_trusted,
)

MAILBOX = "mailbox"
PROCESSES = (GATEWAY, *SERVICES, MAILBOX)
ADMINISTRATOR = "admin-password"

Make = Callable[[], bytes]


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where processes reach the servers, and how they retry."""

    broker: str = "rabbitmq:5671"
    database: str = "postgres:5432"
    broker_names: tuple[str, ...] = ()
    """Further names and addresses in the broker's certificate, besides its own and localhost."""
    delays: tuple[int, ...] = DELAYS


@dataclass(frozen=True, kw_only=True)
class Owners:
    """User ids under which the containers read their files; None: whoever makes them."""

    processes: int | None = None
    rabbitmq: int | None = None
    postgres: int | None = None

    def by_directory(self) -> dict[str, int]:
        """Directory or file of the root -> user id."""
        given = {
            **dict.fromkeys((*PROCESSES, TRUSTED), self.processes),
            "rabbitmq": self.rabbitmq,
            "postgres": self.postgres,
        }
        return {name: owner for name, owner in given.items() if owner is not None}


def make(root: Path, operators: Sequence[str], places: Places, owners: Owners, now: datetime) -> KeyFiles:
    """Make what is missing below `root`; returns what was kept, made and written anew.

    Raises:
        StackError: fewer than two operators, or a file that is there is not what it must be.
    """
    if len(set(operators)) < 2:
        raise StackError("deux exploitants au moins / two operators at least: --operators LOGIN,LOGIN")
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = KeyFiles(root, owners.by_directory())
    trusted = _signing_keys(files, operators)
    _own_secrets(files)
    authority = _certificates(files, places, now)
    _broker(files, places)
    _databases(files, places)
    write_trusted(files, trusted)
    for process in (GATEWAY, *SERVICES):
        files.derived(f"{process}/ca.pem", authority)
    files.finish()
    return files


def _signing_keys(files: KeyFiles, operators: Sequence[str]) -> list[dict[str, Any]]:
    """Makes the signing keys; returns the public keys of all, those included that were trusted before.

    No key is made for an operator who is trusted and keeps the private key elsewhere.
    """
    before = keys_of(files.read(TRUSTED)) if files.has(TRUSTED) else []
    trusted = {key["kid"] for key in before}
    kept = [issuer_of_operator(login) for login in operators]
    issuers = [*SERVICES, *(issuer for issuer in kept if files.has(key_file(issuer)) or issuer not in trusted)]
    current = [
        public_part(files.secret(key_file(issuer), partial(new_signing_key, issuer)), issuer) for issuer in issuers
    ]
    coming = [
        public_part(files.read(next_key_file(issuer)), issuer)
        for issuer in issuers
        if files.has(next_key_file(issuer))
    ]
    return [*before, *current, *coming]


def _own_secrets(files: KeyFiles) -> None:
    """What one process alone needs, besides its signing key and its passwords."""
    makers: dict[str, Make] = {
        "documents/master.key": _random_bytes,
        "identity/code-pepper.key": _random_bytes,
        "audit/journal-subjects.key": _random_bytes,
        "audit/journal-heads.jwk.json": lambda: new_signing_key("journal-heads"),
        "documents/s3-access-key": lambda: secrets.token_hex(10).encode(),
        "documents/s3-secret-key": _password,
        "notify/twilio-account-sid": lambda: b"AC" + secrets.token_hex(16).encode(),
        "notify/twilio-auth-token": lambda: secrets.token_hex(16).encode(),
    }
    for name, make_it in makers.items():
        files.secret(name, make_it)
    for name in files.names("identity/openid") or [f"identity/openid/{FIRST_OPENID_KEY}"]:
        files.secret(name, new_openid_key)
    # The mailbox stands for the provider of SMS, which knows the account of notify.
    for name in ("twilio-account-sid", "twilio-auth-token"):
        files.derived(f"{MAILBOX}/{name}", files.read(f"notify/{name}"))


def _certificates(files: KeyFiles, places: Places, now: datetime) -> bytes:
    """Makes the broker's certificate; returns that of its authority."""
    host = places.broker.rpartition(":")[0]
    names = list(dict.fromkeys([host, "rabbitmq", "localhost", "127.0.0.1", *places.broker_names]))
    make_certificates(files, "authority", "rabbitmq", names, now)
    authority = files.read("authority/ca.pem")
    files.derived("rabbitmq/ca.pem", authority)
    return authority


def _broker(files: KeyFiles, places: Places) -> None:
    passwords = {}
    for user in USERS:
        name = "operators/amqp-url" if user == OPERATOR else f"{user}/amqp-url"
        passwords[user] = _password_in(files, name)
        files.derived(name, f"amqps://{user}:{passwords[user]}@{places.broker}/{quote('/', safe='')}".encode())
    files.derived("operators/ca.pem", files.read("authority/ca.pem"))
    files.derived("rabbitmq/definitions.json", definitions(passwords, places.delays))


def _databases(files: KeyFiles, places: Places) -> None:
    files.secret(f"postgres/{ADMINISTRATOR}", _password)
    passwords = {}
    for service in SERVICES:
        passwords[service] = files.secret(f"postgres/{service}-password", _password).decode()
        url = f"postgresql://{service}:{passwords[service]}@{places.database}/{service}"
        files.derived(f"{service}/database-url", url.encode())
    files.derived("postgres/roles.sql", roles_sql(passwords))


def _password_in(files: KeyFiles, name: str) -> str:
    """The password of a URL that is there, else a new one; raises StackError."""
    if not files.has(name):
        return _password().decode()
    found = urlsplit(files.read(name).decode(errors="replace")).password
    if not found:
        raise StackError(f"pas de mot de passe dans / no password in: {files.root / name}")
    return found


def _random_bytes() -> bytes:
    return secrets.token_bytes(32)


def _password() -> bytes:
    """Hexadecimal, because it is written into URLs without escaping."""
    return secrets.token_hex(24).encode()
