"""The whole platform in containers: engine, images, `docker-compose up`, and down again, each phase timed."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from client.mailbox import Mailbox
from client.people import DemoPeople
from deploy.dev.paths import CHECKOUT
from deploy.docker.base import BASE, ensure_base
from deploy.docker.engine import Engine, running_engine
from deploy.docker.images import IMAGES, STAND_INS, build, build_stand_in, keep_bill_of_materials, own_size, size
from deploy.docker.prepared import PreparedFiles
from deploy.docker.project import Project
from tests.support.ports import free_port

ROOT = CHECKOUT / "var" / "docker"
BILLS_OF_MATERIALS = ROOT / "sbom"
LOGS = ROOT / "logs"

Announce = Callable[[str, float], None]


@dataclass
class Measured:
    """Seconds of each phase, and bytes of each image."""

    announce: Announce
    seconds: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    own_sizes: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure the block, and announce it when it has ended."""
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 1)
        self.announce(name, self.seconds[name])


@dataclass(frozen=True)
class Containers:
    """The platform that is up."""

    project: Project
    prepared: PreparedFiles
    gateway: str
    mailbox: str
    measured: Measured

    @property
    def demo(self) -> DemoPeople:
        return DemoPeople(self.gateway, Mailbox(self.mailbox), self.prepared.cards)

    def run_demo(self) -> "subprocess.CompletedProcess[str]":
        """`carnet demo` against the containers."""
        options = ("--gateway", self.gateway, "--mailbox", self.mailbox, "--cards", str(self.prepared.cards))
        command = (sys.executable, "-m", "cli", "demo", *options)
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def count_notices(self, record: str) -> int:
        """Notices of new documents in a record, as notify's database has them."""
        statement = f"SELECT count(*) FROM notices WHERE patient_id = '{record}' AND code = 'AJOUT_DOCUMENT'"
        password = (self.prepared.secrets / "postgres" / "notify-password").read_text()
        url = f"postgresql://notify:{password}@127.0.0.1/notify"
        return int(self.project.execute("postgres", "psql", "--tuples-only", "--command", statement, url))


@contextmanager
def containers(announce: Announce) -> Iterator[Containers]:
    """The platform in containers for the duration of the block; nothing of it is left. Raises StackError."""
    measured = Measured(announce)
    with measured.phase("all"), running_engine(ROOT) as engine:
        _make_images(engine, measured)
        prepared = PreparedFiles(ROOT / "prepared")
        shutil.rmtree(prepared.root, ignore_errors=True)
        prepared.make()
        gateway_port, mailbox_port = free_port(), free_port()
        project = Project(engine, prepared.settings(gateway_port, mailbox_port))
        gateway, mailbox = (f"http://127.0.0.1:{port}" for port in (gateway_port, mailbox_port))
        try:
            # Of a run that was killed.
            project.down()
            with measured.phase("up"):
                project.up()
            yield Containers(project, prepared, gateway, mailbox, measured)
        finally:
            project.keep_logs(LOGS)
            with measured.phase("down"):
                project.down()
        assert project.leftovers() == {}


def _make_images(engine: Engine, measured: Measured) -> None:
    with measured.phase("base"):
        ensure_base(engine)
    for name in STAND_INS:
        with measured.phase(f"build stand-in {name}"):
            build_stand_in(engine, name, BASE)
    for image in IMAGES:
        with measured.phase(f"build {image}"):
            build(engine, image, BASE)
        measured.sizes[image] = size(engine, image)
        measured.own_sizes[image] = own_size(engine, image)
        keep_bill_of_materials(engine, image, BILLS_OF_MATERIALS)
    engine.docker("image", "prune", "--force")
