"""Each process gets only the settings it needs; keys are created and ports checked before anything starts."""

import json
import socket
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from contracts.wiring import SERVICES
from deploy.dev.addresses import Addresses
from deploy.dev.credentials import load_or_create
from deploy.dev.environment import (
    environment_of_gateway,
    environment_of_mailbox,
    environment_of_service,
)
from deploy.dev.errors import PortTaken, StackError
from deploy.dev.external import ExternalServers, external_servers_from
from deploy.dev.keys import ISSUERS, Keys
from deploy.dev.paths import Layout
from deploy.dev.ports import OFFSETS, check_free, ports_from


@pytest.fixture
def addresses(tmp_path: Path) -> Addresses:
    layout = Layout(tmp_path)
    return Addresses(layout, ports_from(28000), load_or_create(layout.credentials), ExternalServers())


def test_the_callers_environment_is_not_inherited(addresses: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARNET_SECRET_OF_THE_CALLER", "x")
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    for service in SERVICES:
        environment = environment_of_service(service, addresses)
        assert {name for name in environment if not name.startswith("CARNET_")} == {
            "PATH",
            "HOME",
            "LANG",
            "PYTHONPATH",
        }
        assert "CARNET_SECRET_OF_THE_CALLER" not in environment


@pytest.mark.parametrize(
    ("setting", "holders"),
    [
        ("CARNET_MASTER_KEY_FILE", {"documents"}),
        ("CARNET_S3_SECRET_KEY", {"documents"}),
        ("CARNET_CODE_PEPPER_FILE", {"identity"}),
        ("CARNET_CARD_AUTHORITIES", {"identity"}),
        ("CARNET_TWILIO_AUTH_TOKEN", {"notify", "mailbox"}),
        ("CARNET_OVH_APPLICATION_SECRET", {"mailbox"}),
        ("CARNET_DATABASE_URL", set(SERVICES)),
        ("CARNET_SIGNING_KEY", set(SERVICES)),
    ],
)
def test_only_processes_that_need_a_secret_get_it(addresses: Addresses, setting: str, holders: set[str]) -> None:
    environments = {service: environment_of_service(service, addresses) for service in SERVICES}
    environments |= {"gateway": environment_of_gateway(addresses), "mailbox": environment_of_mailbox(addresses)}
    assert {name for name, environment in environments.items() if setting in environment} == holders


def test_each_service_has_its_own_database_and_signing_key(addresses: Addresses) -> None:
    environments = [environment_of_service(service, addresses) for service in SERVICES]
    for setting in ("CARNET_DATABASE_URL", "CARNET_SIGNING_KEY", "CARNET_HTTP_ADDRESS"):
        assert len({environment[setting] for environment in environments}) == len(SERVICES)


def test_credentials_are_random_and_kept(tmp_path: Path) -> None:
    first = load_or_create(tmp_path / "one.json")
    assert load_or_create(tmp_path / "one.json") == first
    other = load_or_create(tmp_path / "two.json")
    assert not set(first.values()) & set(other.values())
    assert (tmp_path / "one.json").stat().st_mode & 0o777 == 0o600


def test_keys_are_kept_private_and_their_public_halves_carry_the_issuers_name(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    keys.prepare()
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    before = [file.read_bytes() for file in files]
    keys.prepare()
    assert [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()] == before
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert len(keys.master.read_bytes()) == len(keys.code_pepper.read_bytes()) == 32
    trusted = json.loads(keys.trusted.read_text())["keys"]
    assert [key["kid"] for key in trusted] == list(ISSUERS)
    assert not any("d" in key for key in trusted)
    for key in trusted:
        assert OKPKey.import_key(json.loads(keys.signing(key["kid"]).read_text())).as_dict(private=False) == key


def test_no_two_parts_share_a_port() -> None:
    assert len(set(OFFSETS.values())) == len(OFFSETS)


def test_a_taken_port_is_named_with_its_part() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"port {port} \(gateway\) is taken"):
            check_free({"gateway": port})
    check_free({"gateway": port})


def test_incomplete_object_store_settings_are_refused() -> None:
    with pytest.raises(StackError, match="CARNET_S3_ACCESS_KEY, CARNET_S3_SECRET_KEY, CARNET_S3_REGION"):
        external_servers_from({"CARNET_S3_ENDPOINT": "127.0.0.1:9000"})
