"""Documents of 20 MB are streamed: no process holds one in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from client.people import DemoPeople
from deploy.dev.processes import Processes
from deploy.dev.stack import Stack
from tests.support.fhir_client import fhir_client, reference_to
from tests.support.memory import peak_kib, reset_peak, resident_kib
from tests.support.people import Holder, deposit, document_for, open_record

_SIZE = 19_500_000
_MAX_GROWTH_KIB = 8_192
"""8 MiB per process and transfer."""
_PROCESSES = ("gateway", "documents", "records")


class MemoryProbe:
    """Measures the memory of the processes that a transfer passes through, in KiB."""

    def __init__(self, platform: Stack) -> None:
        self._pids = {
            record.name: record.pid for record in Processes(platform.layout).records() if record.name in _PROCESSES
        }

    @contextmanager
    def growth(self, grown: dict[str, dict[str, int]], transfer: str) -> Iterator[None]:
        """Record in `grown` by how much each process's peak during the block exceeds its memory before."""
        before = {name: resident_kib(pid) for name, pid in self._pids.items()}
        for pid in self._pids.values():
            reset_peak(pid)
        yield
        grown[transfer] = {name: peak_kib(pid) - before[name] for name, pid in self._pids.items()}


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def large_document(demo: DemoPeople, holder: Holder) -> bytes:
    """A document just below the size limit, most of it comments."""
    content = document_for(demo, holder)
    filling = (b"<!--" + b"x" * 65_000 + b"-->\n") * ((_SIZE - len(content)) // 65_008)
    return content.replace(b"</ClinicalDocument>", filling + b"</ClinicalDocument>")


def test_deposit_and_download_of_20_mb_through_both_apis_use_constant_memory(
    platform: Stack, demo: DemoPeople, holder: Holder
) -> None:
    depositor = demo.logged_in("hospital")
    software = fhir_client(demo, depositor)
    probe = MemoryProbe(platform)
    # A first document that is not measured: each process allocates some memory once.
    deposit(depositor, holder, document_for(demo, holder))
    software.post("DocumentReference", reference_to(holder, document_for(demo, holder)))

    raw, other = large_document(demo, holder), large_document(demo, holder)
    inline = reference_to(holder, other)
    grown: dict[str, dict[str, int]] = {}
    with probe.growth(grown, "raw in"):
        document = deposit(depositor, holder, raw).document_id
    with probe.growth(grown, "FHIR in"):
        reply = software.post("DocumentReference", inline)
    with probe.growth(grown, "raw out"):
        assert depositor.download(holder.record, document) == raw
    with probe.growth(grown, "FHIR out"):
        url = reply.json()["content"][0]["attachment"]["url"]
        assert software.get(url, accept="*/*").content == other
    over_limit = {
        (transfer, name): kib
        for transfer, by_process in grown.items()
        for name, kib in by_process.items()
        if kib > _MAX_GROWTH_KIB
    }
    assert over_limit == {}, grown
