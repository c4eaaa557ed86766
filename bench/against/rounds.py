"""The rounds of a comparison: each work on one side, then on the other, then the other way round."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp

from bench.against.comparison import Line, Round, Sample
from bench.load import Request, measure
from bench.prepared import Prepared
from bench.processes import Pids, watched
from bench.work import Workload

_USUAL = 139_000
_CLIENTS = (1, 16)

THIS, OTHER = "this", "other"


@dataclass(frozen=True)
class Side:
    """One platform that is up and prepared; `document` is the one that is read."""

    prepared: Prepared
    document: str
    pids: Pids


def side(prepared: Prepared, pids: Pids) -> Side:
    """A prepared platform, with the document that will be read."""
    document = prepared.logged_in().depositor.deposit(prepared.record, prepared.sample(_USUAL))
    return Side(prepared, str(document["document_id"]), pids)


WORKS: dict[str, Callable[[Workload, Side], Request]] = {
    "list 20 of 400": lambda work, _: work.list_documents(),
    "refusal": lambda work, _: work.refused(),
    "read 139 kB": lambda work, one: work.read(one.document),
    # The last one: it makes the record longer.
    "deposit 139 kB": lambda work, _: work.deposit(_USUAL),
}


async def lines(sides: Mapping[str, Side], *, rounds: int, seconds: float, told: Callable[[str], None]) -> list[Line]:
    """Every work at every number of clients."""
    found = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
        for name, request_of in WORKS.items():
            for clients in _CLIENTS:
                told(f"{name}, clients: {clients}")
                line: list[Round] = []
                for number in range(rounds):
                    samples = {
                        which: await _sample(sides[which], request_of, session, clients=clients, seconds=seconds)
                        for which in order(number)
                    }
                    line.append(Round(this=samples[THIS], other=samples[OTHER]))
                found.append(Line(work=name, clients=clients, rounds=line))
    return found


def order(number: int) -> tuple[str, str]:
    """A B, B A, A B ...: whatever grows or tires over the run does so for both."""
    return (THIS, OTHER) if number % 2 == 0 else (OTHER, THIS)


async def _sample(
    one: Side,
    request_of: Callable[[Workload, Side], Request],
    session: aiohttp.ClientSession,
    *,
    clients: int,
    seconds: float,
) -> Sample:
    # Logged in anew each time: a long run outlives a token.
    request = request_of(Workload(one.prepared, one.prepared.logged_in(), session), one)
    with watched(one.pids) as spent:
        figures = await measure(request, clients=clients, seconds=seconds)
    # The warm-up, a tenth of the time, spent processor time too.
    return Sample(
        p50=figures.p50,
        rate=figures.rate,
        cpu=round(sum(spent.cpu_ms.values()) / (figures.requests * 1.1), 3),
    )
