"""The stage: a stack of its own with one patient, 400 documents, and two doctors, one of them authorised."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg2
from psycopg2.extras import Json, execute_values

from bench.echo import Far, Near
from cli.demo.cast import Cast, as_author, as_subject
from cli.demo.visitor import Visitor
from deploy.dev.environment import environment_of_service
from deploy.dev.keys import Keys
from deploy.dev.outside import outside_from
from deploy.dev.people import PATIENTS
from deploy.dev.ports import HOST
from deploy.dev.processes import Command, Processes
from deploy.dev.readiness import is_http_ready
from deploy.dev.stack import Stack
from samples import cda

DOCUMENTS = 400
_ECHO_OFFSET = 60
_ECHOES = {Near.service: "NearService", Far.service: "FarService"}


@dataclass(frozen=True)
class Stage:
    """Where the measured requests go."""

    stack: Stack
    processes: Processes
    cast: Cast
    record: str
    doctor: Visitor
    stranger: Visitor
    depositor: Visitor

    def sample(self, size: int) -> bytes:
        """A document of about `size` bytes that nobody has deposited yet."""
        author = as_author(self.cast.professional("hospital"))
        facts = {"patient": as_subject(PATIENTS[0]), "author": author, "effective_time": datetime.now(UTC)}
        number = f"1.2.250.1.213.1.1.9.98.{uuid4().int % 10**18}"
        return cda.biology(unique_id=number, padding=max(0, size - 16_000), **facts)  # type: ignore[arg-type]


@contextmanager
def staged(root: Path, base_port: int) -> Iterator[Stage]:
    """A stack that lives as long as the block, empty but for what the measures need."""
    shutil.rmtree(root, ignore_errors=True)
    stack = Stack(root, base_port, outside_from(os.environ))
    processes = Processes(stack.layout)
    stack.start()
    try:
        _start_echoes(stack, processes, base_port)
        yield _set(stack, processes)
    finally:
        stack.stop()


def _set(stack: Stack, processes: Processes) -> Stage:
    cast = Cast(stack.addresses.url("gateway"), stack.addresses.url("mailbox"), stack.layout.cards)
    card = cast.card_for(PATIENTS[0])
    record = str(cast.logged_in("pharmacist").open_record(cast.vitale_proof(card))["patient_id"])
    doctor, depositor = cast.logged_in("specialist"), cast.logged_in("hospital")
    doctor.declare_consent(record, cast.vitale_proof(card))
    stage = Stage(stack, processes, cast, record, doctor, cast.logged_in("emergency"), depositor)
    first = depositor.deposit(record, stage.sample(16_000))
    _fill_shelf(stack.addresses.database_url("records"), record, str(first["document_id"]))
    return stage


def _fill_shelf(url: str, record: str, model: str) -> None:
    """Copies of one entry, until there are DOCUMENTS of them; their bytes play no part in a list."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM documents WHERE patient_id = %s AND document_id = %s", (record, model))
        names = [column.name for column in cursor.description or ()]
        row = dict(zip(names, cursor.fetchone() or (), strict=True))
        row["facts"] = Json(row["facts"])
        copies = [tuple((row | _own_marks(number)).values()) for number in range(DOCUMENTS - 1)]
        execute_values(cursor, f"INSERT INTO documents ({', '.join(names)}) VALUES %s", copies)
        cursor.execute("COMMIT; ANALYZE documents")


def _own_marks(number: int) -> dict[str, str]:
    """What no two documents of a record share."""
    fresh = {name: str(uuid4()) for name in ("document_id", "content_id", "entry_uuid")}
    return fresh | {"unique_id": f"copy.{number}"}


def _start_echoes(stack: Stack, processes: Processes, base_port: int) -> None:
    keys = Keys(stack.layout.keys)
    for number, (name, door) in enumerate(_ECHOES.items()):
        port = base_port + _ECHO_OFFSET + number
        settings = {
            "CARNET_SERVICE": name,
            "CARNET_HTTP_ADDRESS": f"{HOST}:{port}",
            "CARNET_SIGNING_KEY": str(keys.signing("consent")),
        }
        environment = environment_of_service("consent", stack.addresses) | settings
        arguments = (sys.executable, "-m", "chassis.run", f"bench.echo:{door}")
        processes.start(Command(name, arguments, environment, rank=2))
        processes.wait_until(name, partial(is_http_ready, port), 30)


def here() -> dict[str, str]:
    """What machine this is, in public words."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "unknown",
    )
    return {"processor": model, "cores": str(os.cpu_count())}
