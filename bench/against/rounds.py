"""Rounds of a comparison: each work on one side, then on the other, in alternating order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp

from bench.against.comparison import MeasuredWork, Round, Sample
from bench.load import Request, measure
from bench.prepared import Prepared
from bench.processes import Pids, resources_used
from bench.work import Workload

_USUAL = 139_000
_CLIENTS = (1, 16)

THIS, OTHER = "this", "other"


@dataclass(frozen=True)
class Side:
    """A running, prepared platform; `document`: id of the document that is read."""

    prepared: Prepared
    document: str
    pids: Pids


def prepare_side(prepared: Prepared, pids: Pids) -> Side:
    """Deposit the document that will be read."""
    document = prepared.logged_in().depositor.deposit(prepared.record, prepared.sample(_USUAL))
    return Side(prepared, str(document.document_id), pids)


WORKLOADS: dict[str, Callable[[Workload, Side], Request]] = {
    "list 20 of 400": lambda work, _: work.list_documents(),
    "refusal": lambda work, _: work.refused(),
    "read 139 kB": lambda work, side: work.read(side.document),
    # Last, because it makes the record longer.
    "deposit 139 kB": lambda work, _: work.deposit(_USUAL),
}


async def measure_works(
    sides: Mapping[str, Side], *, rounds: int, seconds: float, on_progress: Callable[[str], None]
) -> list[MeasuredWork]:
    """Every work at every number of clients."""
    works = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
        for name, request_of in WORKLOADS.items():
            for clients in _CLIENTS:
                on_progress(f"{name}, clients: {clients}")
                pairs: list[Round] = []
                for number in range(rounds):
                    samples = {
                        which: await _sample(sides[which], request_of, session, clients=clients, seconds=seconds)
                        for which in order_of(number)
                    }
                    pairs.append(Round(this=samples[THIS], other=samples[OTHER]))
                works.append(MeasuredWork(work=name, clients=clients, rounds=pairs))
    return works


def order_of(number: int) -> tuple[str, str]:
    """A B, B A, A B ...: drift over the run affects both sides alike."""
    return (THIS, OTHER) if number % 2 == 0 else (OTHER, THIS)


async def _sample(
    target: Side,
    request_of: Callable[[Workload, Side], Request],
    session: aiohttp.ClientSession,
    *,
    clients: int,
    seconds: float,
) -> Sample:
    # A fresh login each time, because a run can last longer than a token.
    request = request_of(Workload(target.prepared, target.prepared.logged_in(), session), target)
    with resources_used(target.pids) as usage:
        figures = await measure(request, clients=clients, seconds=seconds)
    # The processor time includes the warm-up, a tenth of the measured time.
    return Sample(
        p50=figures.p50,
        rate=figures.rate,
        cpu=round(sum(usage.cpu_ms.values()) / (figures.requests * 1.1), 3),
    )
