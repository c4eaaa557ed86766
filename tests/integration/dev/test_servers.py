"""Private servers start, isolate services, survive crashes, and leave nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from typer.testing import CliRunner

from cli.main import app
from contracts.wiring import SERVICES
from deploy.dev.description import read_description
from deploy.dev.errors import AlreadyRunning, StackError
from deploy.dev.external import ExternalServers
from deploy.dev.paths import CHECKOUT, Layout
from deploy.dev.pids import ProcessIdentity
from deploy.dev.ports import check_free
from deploy.dev.processes import Processes
from deploy.dev.readiness import is_amqp_ready, is_database_ready
from deploy.dev.stack import Stack, bring_down
from deploy.dev.status import inspect
from deploy.dev.supervisor import find_supervisor
from tests.support.ports import base_port

BASE_PORT = base_port(28_600)
OTHER_BASE_PORT = base_port(28_650)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="module")
def stack(root: Path) -> Iterator[Stack]:
    stack = Stack(root, BASE_PORT)
    stack.start_servers()
    yield stack
    stack.stop()
    check_free(stack.addresses.private_ports())


def processes_left(layout: Layout) -> list[ProcessIdentity]:
    return [record.identity for record in Processes(layout).records() if record.identity.is_alive()]


def test_the_description_is_private_and_lists_every_process(stack: Stack) -> None:
    description = read_description(stack.layout)
    assert description is not None
    assert stack.layout.description.stat().st_mode & 0o777 == 0o600
    assert set(description["processes"]) == {"epmd", "rabbit", "postgres", "object-store", "mailbox"}
    assert all(Path(person["card"]).exists() for person in (*description["professionals"], *description["patients"]))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reaches_its_own_database_only(stack: Stack, service: str) -> None:
    own = urlsplit(stack.addresses.database_url(service))
    assert is_database_ready(own.geturl())
    for other in {*SERVICES, "postgres"} - {service}:
        with pytest.raises(psycopg2.OperationalError, match=r"no pg_hba\.conf entry"):
            psycopg2.connect(own._replace(path=f"/{other}").geturl())


def test_a_committed_change_is_on_disk(stack: Stack) -> None:
    connection = psycopg2.connect(stack.addresses.database_admin_url)
    with connection.cursor() as cursor:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            cursor.execute(f"SHOW {setting}")
            assert cursor.fetchone() == ("on",)
    connection.close()


def test_the_broker_refuses_the_guest_user(stack: Stack) -> None:
    assert is_amqp_ready(stack.addresses.amqp_url)
    assert not is_amqp_ready(f"amqp://guest:guest@127.0.0.1:{stack.addresses.ports['rabbit']}/%2F")


def test_a_second_start_on_the_same_root_is_refused(stack: Stack, root: Path) -> None:
    with pytest.raises(AlreadyRunning):
        Stack(root, OTHER_BASE_PORT).start_servers()


def test_entering_a_stack_that_is_up_joins_it_and_leaves_it_up(stack: Stack, root: Path) -> None:
    with Stack(root, OTHER_BASE_PORT) as joined:
        assert joined.addresses.amqp_url == stack.addresses.amqp_url
        assert joined.stop() == []
    assert is_amqp_ready(stack.addresses.amqp_url)


def test_status_succeeds_only_if_every_part_is_ready(stack: Stack, tmp_path: Path) -> None:
    here = {"CARNET_DEV_ROOT": str(stack.layout.root)}
    result = CliRunner().invoke(app, ["status"], env=here)
    assert result.exit_code == 1  # The services are not started here.
    ready = {line.split()[1] for line in result.output.splitlines() if "yes" in line}
    assert ready == {"epmd", "rabbit", "postgres", "object-store", "mailbox"}
    nowhere = {"CARNET_DEV_ROOT": str(tmp_path)}
    assert CliRunner().invoke(app, ["status"], env=nowhere).exit_code == 1


def test_external_servers_are_used_with_separate_names(stack: Stack, tmp_path: Path) -> None:
    here = stack.addresses
    external = ExternalServers(
        amqp_url=here.amqp_url, database_admin_url=here.database_admin_url, object_store=here.object_store
    )
    other = Stack(tmp_path, OTHER_BASE_PORT, external)
    other.start_servers()
    try:
        assert [record.name for record in Processes(other.layout).records()] == ["mailbox"]
        assert other.addresses.database_name("audit") != here.database_name("audit")
        assert other.addresses.object_store.is_ready()
    finally:
        other.stop()


def test_external_servers_that_do_not_answer_are_named(tmp_path: Path) -> None:
    nobody = ExternalServers(database_admin_url=f"postgresql://a:b@127.0.0.1:{OTHER_BASE_PORT}/postgres")
    with pytest.raises(StackError, match="CARNET_DATABASE_URL is given, but nothing there lets us in"):
        Stack(tmp_path, OTHER_BASE_PORT, nobody).start_servers()
    assert processes_left(Layout(tmp_path)) == []


@pytest.mark.parametrize("name", ["postgres", "object-store", "mailbox", "rabbit"])
def test_a_crashed_part_can_be_restarted(stack: Stack, name: str) -> None:
    stack.kill(name)
    stack.launch(name)
    assert name in {part.name for part in inspect(stack.addresses) if part.is_ready}


def test_a_killed_database_server_restarts_despite_a_hanging_session(stack: Stack) -> None:
    session = psycopg2.connect(stack.addresses.database_admin_url)
    os.kill(session.info.backend_pid, signal.SIGSTOP)
    stack.kill("postgres")
    stack.launch("postgres")
    assert is_database_ready(stack.addresses.database_admin_url)


def test_a_stale_pid_file_of_the_database_server_is_removed(stack: Stack) -> None:
    server = stack.addresses.postgres
    [pid_file] = server.directory.rglob("postmaster.pid")
    server.prepare()
    assert pid_file.exists(), "the server is up"
    stack.kill("postgres")
    for content in (f"{os.getpid()}\n", "-1\n", ""):
        pid_file.write_text(content)
        server.prepare()
        assert not pid_file.exists(), content
    stack.launch("postgres")


def test_the_next_start_clears_what_a_killed_supervisor_left(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from deploy.dev.stack import Stack\n"
        f"Stack(Path({str(tmp_path)!r}), {OTHER_BASE_PORT}).start_servers()\n"
        "print('up', flush=True); time.sleep(600)"
    )
    supervisor = subprocess.Popen(
        (sys.executable, "-c", code), cwd=CHECKOUT, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."}
    )
    assert supervisor.stdout and supervisor.stdout.readline() == b"up\n"
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()
    supervisor.stdout.close()
    layout = Layout(tmp_path)
    assert find_supervisor(layout) is None
    left = processes_left(layout)
    assert len(left) == 5
    again = Stack(tmp_path, OTHER_BASE_PORT)
    again.start_servers()
    assert not any(process.is_alive() for process in left)
    again.stop()
    assert processes_left(layout) == []
    assert bring_down(layout) == []
