"""A document of 20 MB is held whole nowhere, whichever door it goes through."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.demo.people import DemoPeople
from deploy.dev.processes import Processes
from deploy.dev.stack import Stack
from tests.support.fhir_client import FhirClient, reference_to
from tests.support.people import Holder, deposit, document_for, open_record

_SIZE = 19_500_000
_MOST_KIB = 8_192
"""8 MB more per process, whatever passes through it."""
_PROCESSES = ("gateway", "documents", "records")


class Watched:
    """The memory of the processes a transfer passes through, in KiB."""

    def __init__(self, platform: Stack) -> None:
        self._pids = {one.name: one.pid for one in Processes(platform.layout).records() if one.name in _PROCESSES}

    @contextmanager
    def growing(self, grown: dict[str, dict[str, int]], way: str) -> Iterator[None]:
        """How far each process's peak goes, meanwhile, beyond what it holds before."""
        before = {name: self._memory(name, "VmRSS") for name in self._pids}
        for pid in self._pids.values():
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        yield
        grown[way] = {name: self._memory(name, "VmHWM") - before[name] for name in self._pids}

    def _memory(self, name: str, entry: str) -> int:
        status = Path(f"/proc/{self._pids[name]}/status").read_text()
        return int(next(text for text in status.splitlines() if text.startswith(entry)).split()[1])


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def large(demo: DemoPeople, holder: Holder) -> bytes:
    """A document of nearly as many bytes as are taken, most of them in comments."""
    content = document_for(demo, holder)
    filling = (b"<!--" + b"x" * 65_000 + b"-->\n") * ((_SIZE - len(content)) // 65_008)
    return content.replace(b"</ClinicalDocument>", filling + b"</ClinicalDocument>")


def test_twenty_megabytes_pass_both_doors_and_come_back_in_flat_memory(
    platform: Stack, demo: DemoPeople, holder: Holder
) -> None:
    depositor = demo.logged_in("hospital")
    software = FhirClient(demo, depositor)
    watched = Watched(platform)
    # What is made once per process is made by a document that nobody counts.
    deposit(depositor, holder, document_for(demo, holder))
    software.post("DocumentReference", reference_to(holder, document_for(demo, holder)))

    raw, other = large(demo, holder), large(demo, holder)
    inline = reference_to(holder, other)
    grown: dict[str, dict[str, int]] = {}
    with watched.growing(grown, "raw in"):
        document = deposit(depositor, holder, raw)["document_id"]
    with watched.growing(grown, "FHIR in"):
        reply = software.post("DocumentReference", inline)
    with watched.growing(grown, "raw out"):
        assert depositor.download(holder.record, document) == raw
    with watched.growing(grown, "FHIR out"):
        url = reply.json()["content"][0]["attachment"]["url"]
        assert software.get(url, accept="*/*").content == other
    too_much = {(way, name): kib for way, each in grown.items() for name, kib in each.items() if kib > _MOST_KIB}
    assert too_much == {}, grown
