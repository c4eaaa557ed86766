"""`python -m bench.rendering`: other readers' times, and the memory of documents, while heavy documents are rendered.

Four attackers ask for the pages or clinical data of one record's heavy documents, as fast as they are answered, while
readers of another record download, show and extract ordinary ones. Through the gateway of a platform of its own.
"""

import argparse
import os
import shutil
import statistics
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from time import perf_counter, sleep
from uuid import uuid4

import psutil
from rich.console import Console
from rich.table import Table

from client.errors import ApiError
from client.mailbox import Mailbox
from client.people import DemoPeople, as_author, as_subject
from client.professional import ProfessionalClient
from deploy.dev.external import external_servers_from
from deploy.dev.paths import CHECKOUT
from deploy.dev.people import PATIENTS, Patient
from deploy.dev.processes import Processes
from deploy.dev.stack import Stack
from samples import cda, heavy

_PORT = 30_600
_SECONDS = 8.0
_ATTACKERS = 4
_PROMISED_MS, _PROMISED_MB = 1_000.0, 120.0
_ATTACKS: dict[str, tuple[Callable[[bytes], bytes], bool]] = {
    "2,000 entries cite 3 MB": (lambda base: heavy.cited_narrative(base, 2_000, 3_000_000), False),
    "4,000 references, 4,000 media": (lambda base: heavy.media_references(base, 4_000), True),
    "one picture, 300 references": (lambda base: heavy.repeated_picture(base, 300, 800_000), True),
    "emphasis around 25,000 paragraphs": (lambda base: heavy.multiplied_emphasis(base, 80, 25_000), True),
    "narrative of 4.9 MB": (lambda base: heavy.cited_narrative(base, 100, 4_850_000), True),
}
"""Name -> how the document is made, and whether its page is asked for."""


@dataclass
class Readings:
    """Milliseconds of each reading, by what was read; `errors`: how many were refused."""

    times: dict[str, list[float]] = field(default_factory=dict)
    errors: int = 0


class RenderingBench:
    """One platform with two records."""

    def __init__(self, stack: Stack, seconds: float) -> None:
        self._seconds = seconds
        self._demo = DemoPeople(
            stack.addresses.url("gateway"), Mailbox(stack.addresses.url("mailbox")), stack.layout.cards
        )
        [record] = [record for record in Processes(stack.layout).records() if record.name == "documents"]
        self._documents = psutil.Process(record.pid)
        self._attacked, self._quiet = (self._open(patient) for patient in PATIENTS[:2])
        self._quiet_document = self._deposit(PATIENTS[1], self._quiet, lambda base: base)

    def run(self, table: Table) -> None:
        before, memory = self._read_while([])
        _add_rows(table, "nothing", before, before, memory, answers=[])
        for name, (make, is_page) in _ATTACKS.items():
            document, answers = self._deposit(PATIENTS[0], self._attacked, make), list[float]()
            attack = partial(self._attack, document, is_page, answers)
            during, memory = self._read_while([attack] * _ATTACKERS)
            _add_rows(table, name, before, during, memory, answers)

    def _open(self, patient: Patient) -> str:
        card = self._demo.card_for(patient)
        record = str(self._demo.logged_in("pharmacist").open_record(self._demo.vitale_proof(card)).patient_id)
        self._demo.logged_in("specialist").declare_consent(record, self._demo.vitale_proof(card))
        return record

    def _deposit(self, patient: Patient, record: str, make: Callable[[bytes], bytes]) -> str:
        base = cda.vsm(
            patient=as_subject(patient),
            author=as_author(self._demo.professional("hospital")),
            unique_id=f"1.2.250.1.213.1.1.9.97.{uuid4().int % 10**18}",
            effective_time=datetime.now(UTC),
        )
        return str(self._demo.logged_in("hospital").deposit(record, make(base)).document_id)

    def _attack(self, document: str, is_page: bool, answers: list[float], doctor: ProfessionalClient) -> None:
        started = perf_counter()
        with suppress(ApiError):
            (doctor.page if is_page else doctor.facts)(self._attacked, document)
        answers.append(perf_counter() - started)

    def _read_while(self, attacks: Sequence[Callable[[ProfessionalClient], None]]) -> tuple[Readings, list[float]]:
        """What others read meanwhile, and the most memory of documents and its workers in MB, documents first."""
        readings = Readings()
        with self._memory() as peak, self._repeated(attacks):
            readers = [self._reader(kind, readings) for kind in ("download", "page", "facts")]
            with self._repeated(readers * 2):
                sleep(self._seconds)
        return readings, max(peak, key=sum)

    def _reader(self, kind: str, readings: Readings) -> Callable[[ProfessionalClient], None]:
        def read(doctor: ProfessionalClient) -> None:
            started = perf_counter()
            try:
                getattr(doctor, kind)(self._quiet, self._quiet_document)
            except ApiError:
                readings.errors += 1
            readings.times.setdefault(kind, []).append((perf_counter() - started) * 1000)
            sleep(0.05)

        return read

    @contextmanager
    def _repeated(self, works: Sequence[Callable[[ProfessionalClient], None]]) -> Iterator[None]:
        """Each work again and again on a thread of its own."""
        over = threading.Event()

        def repeat(work: Callable[[ProfessionalClient], None]) -> None:
            doctor = self._demo.logged_in("specialist")
            while not over.is_set():
                work(doctor)

        threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    @contextmanager
    def _memory(self) -> Iterator[list[list[float]]]:
        """Samples of the proportional size of documents and of each of its workers in MB."""
        over, samples = threading.Event(), [[0.0]]

        def sample() -> None:
            while not over.wait(0.01):
                family = [self._documents, *self._documents.children(recursive=True)]
                samples.append([_proportional(process) / 1e6 for process in family if self._is_counted(process)])

        thread = threading.Thread(target=sample)
        thread.start()
        try:
            yield samples
        finally:
            over.set()
            thread.join()

    def _is_counted(self, process: psutil.Process) -> bool:
        """Whether it is no process that begins, which is the service itself until it has a command of its own."""
        with suppress(psutil.Error):
            return process == self._documents or process.cmdline() != self._documents.cmdline()
        return False


def _proportional(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_full_info().pss)
    return 0


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _add_rows(
    table: Table, attack: str, before: Readings, during: Readings, memory: Sequence[float], answers: Sequence[float]
) -> None:
    kept = "yes" if sum(memory) <= _PROMISED_MB else "NO"
    took = f"{statistics.median(answers):.2f} s" if answers else ""
    table.add_row(
        attack,
        "memory (PSS)",
        f"{sum(memory):.0f} MB",
        "+".join(f"{part:.0f}" for part in memory),
        f"<= {_PROMISED_MB:.0f} MB",
        kept,
        took,
    )
    for kind, times in during.times.items():
        p95 = _p95(times)
        ratio = p95 / _p95(before.times[kind])
        is_kept = p95 < _PROMISED_MS and not during.errors
        table.add_row("", f"{kind}, p95", f"{p95:.0f} ms", f"{ratio:.1f}", "< 1 s", "yes" if is_kept else "NO", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=_SECONDS)
    parser.add_argument("--port", type=int, default=_PORT)
    arguments = parser.parse_args()
    root = CHECKOUT / "var" / "bench-rendering"
    shutil.rmtree(root, ignore_errors=True)
    stack = Stack(root, arguments.port, external_servers_from(os.environ))
    table = Table("meanwhile rendered", "measure", "", "x quiet", "promise", "kept", "an attacker's answer")
    stack.start()
    try:
        RenderingBench(stack, arguments.seconds).run(table)
    finally:
        stack.stop()
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
