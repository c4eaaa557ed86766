"""A process that was given something wrong does not start, and says in one sentence what it is and what to do."""

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from contracts.wiring import GATEWAY, SERVICES
from deploy.dev import authority
from deploy.dev.addresses import Addresses
from deploy.dev.credentials import load_or_create
from deploy.dev.environment import environment_of_gateway, environment_of_service
from deploy.dev.external import ExternalServers
from deploy.dev.parts import SERVICE_MODULES
from deploy.dev.paths import CHECKOUT, Layout, write_private
from deploy.dev.ports import ports_from

_BASE_PORT = 28400
_SECONDS = 240


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Addresses:
    """Keys and card authorities of a platform, no part of which runs."""
    layout = Layout(tmp_path_factory.mktemp("platform"))
    addresses = Addresses(layout, ports_from(_BASE_PORT), load_or_create(layout.credentials), ExternalServers())
    addresses.keys.prepare()
    authority.prepare(layout.cards)
    return addresses


def environment_of(process: str, addresses: Addresses) -> dict[str, str]:
    """Right settings; no broker runs, which would have a certificate."""
    found = environment_of_gateway(addresses) if process == GATEWAY else environment_of_service(process, addresses)
    return found | {"CARNET_AMQP_CA_FILE": ""}


def start(
    process: str, environment: Mapping[str, str], before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    module = (GATEWAY,) if process == GATEWAY else ("chassis.run", SERVICE_MODULES[process])
    return run(module, environment, before)


def run(
    module: tuple[str, ...], environment: Mapping[str, str], before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", *module),
        env=environment,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        preexec_fn=before,
        check=False,
    )


def check_refused(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    """It ended with one line, which has these words."""
    assert ended.returncode == 1, ended.stderr
    [line] = ended.stderr.splitlines()
    assert all(word in line for word in words), line
    assert ended.stdout == ""


def copied(setting: str, environment: dict[str, str], folder: Path) -> Path:
    """A private copy of the file that a setting names, which takes its place."""
    copy = folder / "copy"
    write_private(copy, Path(environment[setting]).read_bytes())
    environment[setting] = str(copy)
    return copy


def absent(setting: str, environment: dict[str, str], folder: Path) -> str:
    environment[setting] = str(folder / "nowhere")
    return "mount it there"


def unreadable(setting: str, environment: dict[str, str], folder: Path) -> str:
    environment[setting] = str(folder)
    return "cannot be read by user"


def empty(setting: str, environment: dict[str, str], folder: Path) -> str:
    write_private(copied(setting, environment, folder), b"")
    return "is empty"


def open_to_others(setting: str, environment: dict[str, str], folder: Path) -> str:
    copied(setting, environment, folder).chmod(0o644)
    return "chmod 600"


def changeable(setting: str, environment: dict[str, str], folder: Path) -> str:
    copied(setting, environment, folder).chmod(0o646)
    return "chmod 644"


def something_else(setting: str, environment: dict[str, str], folder: Path) -> str:
    write_private(copied(setting, environment, folder), b"something else")
    return "mount"


SECRETS = (
    *((service, "CARNET_SIGNING_KEY") for service in SERVICES),
    ("identity", "CARNET_CODE_PEPPER_FILE"),
    ("documents", "CARNET_MASTER_KEY_FILE"),
    ("audit", "CARNET_HEAD_KEY"),
    ("audit", "CARNET_SUBJECT_KEY_FILE"),
)
"""Processes and the files with their secrets."""


@pytest.mark.parametrize(("process", "setting"), SECRETS)
def test_no_process_starts_with_a_secret_that_is_open_to_others(
    addresses: Addresses, tmp_path: Path, process: str, setting: str
) -> None:
    environment = environment_of(process, addresses)
    advice = open_to_others(setting, environment, tmp_path)
    check_refused(start(process, environment), setting, advice)


@pytest.mark.parametrize(
    ("process", "setting", "change"),
    [
        ("notify", "CARNET_SIGNING_KEY", absent),
        ("notify", "CARNET_SIGNING_KEY", unreadable),
        ("notify", "CARNET_SIGNING_KEY", empty),
        *((process, setting, something_else) for process, setting in SECRETS[5:]),
        ("notify", "CARNET_TRUSTED_KEYS", something_else),
        (GATEWAY, "CARNET_TRUSTED_KEYS", absent),
        (GATEWAY, "CARNET_TRUSTED_KEYS", changeable),
        (GATEWAY, "CARNET_TRUSTED_KEYS", something_else),
    ],
)
def test_a_file_that_is_missing_empty_changeable_or_something_else(
    addresses: Addresses, tmp_path: Path, process: str, setting: str, change: Callable[..., str]
) -> None:
    environment = environment_of(process, addresses)
    advice = change(setting, environment, tmp_path)
    check_refused(start(process, environment), advice)


@pytest.mark.parametrize("setting", ["CARNET_OPENID_KEYS", "CARNET_CARD_AUTHORITIES"])
def test_an_empty_directory(addresses: Addresses, tmp_path: Path, setting: str) -> None:
    environment = environment_of("identity", addresses) | {setting: str(tmp_path)}
    check_refused(start("identity", environment), setting, "is empty")
    (tmp_path / "other").write_text("x")
    check_refused(start("identity", environment), setting, "mount")


def test_a_mounted_password_that_others_can_read(addresses: Addresses, tmp_path: Path) -> None:
    environment = environment_of("notify", addresses)
    mounted = tmp_path / "database-url"
    mounted.write_text(environment.pop("CARNET_DATABASE_URL"))
    mounted.chmod(0o644)
    environment["CARNET_DATABASE_URL_FILE"] = str(mounted)
    check_refused(start("notify", environment), "CARNET_DATABASE_URL_FILE", "chmod 600")


@pytest.mark.parametrize("process", ["notify", GATEWAY])
def test_a_setting_that_no_process_has(addresses: Addresses, process: str) -> None:
    environment = environment_of(process, addresses) | {"CARNET_HTTP_ADRESS": "127.0.0.1:1"}
    check_refused(start(process, environment), "CARNET_HTTP_ADRESS", "write CARNET_HTTP_ADDRESS")


def test_a_setting_of_another_process(addresses: Addresses) -> None:
    environment = environment_of("records", addresses) | {"CARNET_SCAN_REQUIRED": "1"}
    check_refused(start("records", environment), "CARNET_SCAN_REQUIRED", "take it out")


@pytest.mark.parametrize(
    ("process", "setting", "value"),
    [("notify", "CARNET_WORKERS", "many"), (GATEWAY, "CARNET_DOCUMENTS_URL", "documents:8080")],
)
def test_a_value_that_cannot_be(addresses: Addresses, process: str, setting: str, value: str) -> None:
    ended = start(process, environment_of(process, addresses) | {setting: value})
    check_refused(ended, setting, "docs/operations.md")


def test_a_missing_setting(addresses: Addresses) -> None:
    environment = environment_of("notify", addresses)
    del environment["CARNET_SIGNING_KEY"]
    check_refused(start("notify", environment), "set CARNET_SIGNING_KEY")


@pytest.mark.parametrize("setting", ["CARNET_HTTP_ADDRESS", "CARNET_METRICS_ADDRESS"])
@pytest.mark.parametrize("process", ["notify", GATEWAY])
def test_an_address_where_another_program_listens(addresses: Addresses, process: str, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        check_refused(
            start(process, environment_of(process, addresses) | {setting: taken}), f"{setting}={taken}", "stop"
        )


@pytest.mark.parametrize("process", ["documents", GATEWAY])
def test_no_room_for_temporary_files(addresses: Addresses, process: str) -> None:
    full = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
    check_refused(start(process, environment_of(process, addresses), full), "free space")


def test_migrations_of_a_database_that_is_away(addresses: Addresses) -> None:
    url = f"postgresql://nobody:secret-word@127.0.0.1:9/{os.urandom(4).hex()}"
    ended = run(
        ("chassis.migrate", "services.notify"), environment_of("notify", addresses) | {"CARNET_DATABASE_URL": url}
    )
    check_refused(ended, "CARNET_DATABASE_URL", "start the database")
    assert "secret-word" not in ended.stderr
