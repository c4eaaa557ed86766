"""Keys, passwords and the broker's certificate are changed as docs/operations.md says, while the platform serves."""

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import time
from urllib.parse import urlsplit

import pytest

from chassis.tokens import ACTOR, Signer
from client.people import DemoPeople
from contracts.envelope import Actor
from contracts.records.api import Records
from contracts.vocabulary import Role
from deploy.dev.paths import write_private
from deploy.dev.ports import HOST
from deploy.dev.postgres import binaries
from deploy.dev.readiness import is_amqp_ready, is_database_ready
from deploy.dev.stack import Stack
from deploy.keys.broker import definitions
from deploy.keys.certificates import make_certificates
from deploy.keys.databases import roles_sql
from deploy.keys.files import KeyFiles
from deploy.keys.signing import keys_of, new_signing_key, public_part, trusted_set
from tests.faults.second_processes import second_process
from tests.support.people import deposit_new, open_record
from tests.support.stolen_credentials import Thief, codes_of

PROCESS = "documents"
CHECKS = ("records", "audit")
"""Who checks what documents signs: calls, receipts, lines of the journal."""
NEW = "0123456789abcdef"


def deposit(demo: DemoPeople) -> None:
    """Needs calls to documents and from it, its database, its tickets, its receipts."""
    deposit_new(demo, open_record(demo))


def restart(platform: Stack, *names: str) -> None:
    for name in names:
        platform.halt(name)
        platform.launch(name)


def rabbitmqctl(platform: Stack, *arguments: str) -> None:
    """On the broker's own host, as its administrator."""
    node = platform.addresses.rabbit.node().command
    program = Path(node.arguments[0]).with_name("rabbitmqctl")
    subprocess.run((program, *arguments), env=dict(node.environment), cwd="/", check=True, capture_output=True)


@pytest.mark.timeout(900)
def test_a_signing_key_is_changed_and_the_former_one_opens_nothing(platform: Stack, demo: DemoPeople) -> None:
    keys = platform.addresses.keys
    before, coming = keys_of(keys.trusted.read_bytes()), new_signing_key(PROCESS)
    newest, former = public_part(coming, PROCESS), Signer.from_file(keys.signing(PROCESS))
    write_private(keys.trusted, trusted_set([*before, newest]))
    restart(platform, *CHECKS)
    deposit(demo)
    write_private(keys.signing(PROCESS), coming)
    restart(platform, PROCESS)
    deposit(demo)
    write_private(keys.trusted, trusted_set([*(key for key in before if key["kid"] != PROCESS), newest]))
    restart(platform, *CHECKS)
    deposit(demo)
    actor = Actor(role=Role.SERVICE, subject=PROCESS)
    tokens = [
        signer.sign(actor, kind=ACTOR, to=["records"], seconds=60, now=time())
        for signer in (former, Signer.from_file(keys.signing(PROCESS)))
    ]
    calls = [(Records.holds_content, token) for token in tokens]
    refused, reached = asyncio.run(codes_of(Thief(platform, PROCESS), calls))
    assert refused == "token.invalid"
    assert reached != "token.invalid"


@pytest.mark.timeout(600)
def test_a_password_at_the_broker_is_changed_while_the_process_goes_on(
    platform: Stack, demo: DemoPeople, tmp_path: Path
) -> None:
    addresses, rabbit = platform.addresses, platform.addresses.rabbit
    former = addresses.amqp_url_of(PROCESS)
    latter = former.replace(rabbit.passwords[PROCESS], NEW)

    def load(passwords: Mapping[str, str]) -> None:
        file = tmp_path / "definitions.json"
        write_private(file, definitions(passwords, addresses.delays))
        rabbitmqctl(platform, "import_definitions", str(file))

    load({**rabbit.passwords, PROCESS: NEW})
    try:
        assert not is_amqp_ready(former, addresses.amqp_ca_file)
        deposit(demo)
        with second_process(platform, PROCESS, tmp_path, amqp_url=latter):
            deposit(demo)
    finally:
        load(rabbit.passwords)
    assert is_amqp_ready(former, addresses.amqp_ca_file)
    assert not is_amqp_ready(latter, addresses.amqp_ca_file)


def test_the_password_of_a_database_role_is_changed(platform: Stack, tmp_path: Path) -> None:
    former = platform.addresses.database_url(PROCESS)
    password = str(urlsplit(former).password)
    latter = former.replace(password, NEW)

    def apply(password: str) -> None:
        script = tmp_path / "roles.sql"
        script.write_bytes(roles_sql({platform.addresses.database_name(PROCESS): password}))
        arguments = (platform.addresses.database_admin_url, "-v", "ON_ERROR_STOP=1", "-f", str(script))
        subprocess.run((binaries() / "psql", *arguments), check=True, capture_output=True)

    apply(NEW)
    try:
        assert not is_database_ready(former)
        with second_process(platform, PROCESS, tmp_path, database_url=latter):
            pass
    finally:
        apply(password)
    assert is_database_ready(former)
    assert not is_database_ready(latter)


def test_the_certificate_of_the_broker_is_renewed_without_a_restart(platform: Stack, demo: DemoPeople) -> None:
    rabbit = platform.addresses.rabbit
    renewed = KeyFiles(rabbit.directory)
    make_certificates(renewed, "tls", "tls", ("localhost", HOST, "another.example"), datetime.now(UTC))
    assert renewed.renewed == ["tls/server.pem"]
    rabbitmqctl(platform, "eval", "ssl:clear_pem_cache().")
    context = ssl.create_default_context(cafile=str(rabbit.ca_file))
    with context.wrap_socket(socket.create_connection((HOST, rabbit.tls_port)), server_hostname=HOST) as connection:
        shown = connection.getpeercert(binary_form=True)
    assert shown == ssl.PEM_cert_to_DER_cert(renewed.read("tls/server.pem").decode())
    deposit(demo)
