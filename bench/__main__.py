"""`python -m bench`: measure everything, print the table, keep it under bench/results."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

import aiohttp
import uvloop
from rich.console import Console

from bench.against.command import compare
from bench.against.errors import CannotCompare
from bench.floor.client import Client
from bench.floors import Floors, echo_figures
from bench.load import Figures, Request, measure
from bench.processes import watched
from bench.report import ReportRow, finish, keep, show
from bench.stage import Stage, staged
from bench.work import Workload
from chassis.bus import Bus
from deploy.dev.errors import StackError
from deploy.dev.paths import CHECKOUT
from deploy.dev.supervisor import signals_interrupt

_BASE_PORT, _AGAINST_PORT = 30_000, 30_400
_SECONDS, _AGAINST_SECONDS = 5.0, 2.0
_ROUNDS = 9
_TOKEN_SECONDS = 3600
_SMALL, _USUAL, _LARGE = 4_096, 139_000, 5_000_000
_CLIENTS = (1, 16)
_DECIDE_RATIO = 1.5

Kept = Callable[[Figures, float], bool]


class Bench:
    """One run: each floor and each work in turn, so that what the machine does meanwhile hits both."""

    def __init__(self, stage: Stage, bus: Bus, echo: Client, session: aiohttp.ClientSession, seconds: float) -> None:
        self._stage = stage
        self._floors = Floors(stage, echo)
        self._work = Workload(stage.prepared, stage.prepared.logged_in(), session)
        self._bus = bus
        self._seconds = seconds
        self.lines: list[ReportRow] = []
        self.memory_mb: dict[str, float] = {}

    async def run(self) -> None:
        """Everything, once."""
        await self._decisions()
        await self._lists()
        await self._deposits()
        await self._reads()

    async def _decisions(self) -> None:
        request = self._work.decide(self._bus)
        for clients in _CLIENTS:
            echo = await echo_figures(self._floors, hops=1, clients=clients, seconds=self._seconds)
            await self._measure_row(
                "consent decides", request, echo, "echo", "<= 1.5 x", lambda _, ratio: ratio <= _DECIDE_RATIO
            )

    async def _lists(self) -> None:
        request, refused = self._work.list_documents(), self._work.refused()
        for clients in _CLIENTS:
            echo = await echo_figures(self._floors, hops=2, clients=clients, seconds=self._seconds)
            query = await self._floors.query(clients=clients, seconds=self._seconds)
            floor = _sum(echo, query)
            one = clients == 1
            await self._measure_row(
                "list 20 of 400",
                request,
                floor,
                "echo x2 + query",
                "<= 3 x, <= 10 ms" if one else ">= 300/s",
                (lambda got, ratio: ratio <= 3 and got.p50 <= 10) if one else (lambda got, _: got.rate >= 300),
            )
            await self._measure_row(
                "refusal",
                refused,
                echo,
                "echo x2",
                "<= 4 ms" if one else ">= 500/s",
                (lambda got, _: got.p50 <= 4) if one else (lambda got, _: got.rate >= 500),
            )

    async def _deposits(self) -> None:
        for size, name in ((_SMALL, "deposit smallest"), (_USUAL, "deposit 139 kB")):
            content = self._stage.prepared.sample(size)
            request = self._work.deposit(size)
            for clients in _CLIENTS:
                floor = await self._floors.put_and_commit(content, clients=clients, seconds=self._seconds)
                one = clients == 1
                await self._measure_row(
                    name,
                    request,
                    floor,
                    "put + commit",
                    ("<= 3 x" if one else ">= 200/s") if size == _USUAL else "",
                    (lambda _, ratio: ratio <= 3) if one else (lambda got, _: got.rate >= 200),
                )

    async def _reads(self) -> None:
        for size, name in ((_SMALL, "read smallest"), (_USUAL, "read 139 kB"), (_LARGE, "read 5 MB")):
            content = self._stage.prepared.sample(size)
            request = self._work.read(self._work.deposited(content))
            for clients in _CLIENTS:
                floor = await self._floors.get(content, clients=clients, seconds=self._seconds)
                promise, kept = _promise_of_reading(size, clients)
                await self._measure_row(name, request, floor, "get", promise, kept)

    async def _measure_row(
        self, work: str, request: Request, floor: Figures, floor_name: str, promise: str, kept: Kept
    ) -> None:
        with watched(self._stage.pids) as spent:
            figures = await measure(request, clients=floor.clients, seconds=self._seconds)
        self.memory_mb = spent.memory_mb
        ratio = figures.p50 / floor.p50
        # The warm-up, a tenth of the time, spent processor time too.
        count = figures.requests * 1.1
        self.lines.append(
            ReportRow(
                work=work,
                figures=figures,
                floor=floor_name,
                floor_p50=floor.p50,
                floor_rate=floor.rate,
                promise=promise,
                kept=kept(figures, ratio) if promise else None,
                cpu={name: round(used / count, 3) for name, used in spent.cpu_ms.items()},
            )
        )


def _promise_of_reading(size: int, clients: int) -> tuple[str, Kept]:
    if size == _USUAL:
        if clients == 1:
            return "<= 3 x", lambda _, ratio: ratio <= 3
        return ">= 300/s", lambda got, _: got.rate >= 300
    if size == _LARGE and clients == 1:
        return "<= 1.5 x", lambda _, ratio: ratio <= 1.5
    return "", lambda _got, _ratio: True


def _sum(first: Figures, second: Figures) -> Figures:
    """One after the other: times add up, and so do what each request costs."""
    return Figures(
        clients=first.clients,
        requests=first.requests,
        p50=round(first.p50 + second.p50, 2),
        p95=round(first.p95 + second.p95, 2),
        rate=round(1 / (1 / first.rate + 1 / second.rate), 1),
    )


async def _run(stage: Stage, seconds: float) -> Bench:
    bus = await Bus.connect(stage.stack.addresses.amqp_url)
    echo = await Client.connect(stage.echo.amqp_url, stage.echo.token(seconds=_TOKEN_SECONDS))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
        bench = Bench(stage, bus, echo, session, seconds)
        await bench.run()
    echo.close()
    await bus.close()
    return bench


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, measure, print, keep; the exit code."""
    chosen = _chosen(arguments)
    console = Console(width=150)
    with signals_interrupt():
        try:
            if chosen.against:
                _compare(chosen, console)
            else:
                _measure(chosen.seconds or _SECONDS, console)
        except (CannotCompare, StackError) as error:
            print(f"python -m bench: {error}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print("python -m bench: interrupted, nothing is left running", file=sys.stderr)
            return 130
    return 0


def _chosen(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--seconds", type=_seconds, help=f"length of each measure ({_SECONDS:g}; {_AGAINST_SECONDS:g} with --against)"
    )
    parser.add_argument("--against", metavar="COMMIT", help="measure this checkout and that of a commit in turn")
    parser.add_argument("--rounds", type=_rounds, help=f"of both checkouts, with --against ({_ROUNDS})")
    chosen = parser.parse_args(arguments)
    if chosen.rounds is not None and chosen.against is None:
        parser.error("--rounds goes with --against")
    if chosen.against == "":
        parser.error("--against needs a commit")
    return chosen


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < _TOKEN_SECONDS:
        raise argparse.ArgumentTypeError(f"more than none and less than {_TOKEN_SECONDS} seconds, not {text}")
    return seconds


def _rounds(text: str) -> int:
    rounds = int(text)
    if rounds < 1:
        raise argparse.ArgumentTypeError(f"at least one round, not {text}")
    return rounds


def _measure(seconds: float, console: Console) -> None:
    with staged(CHECKOUT / "var" / "bench", _BASE_PORT) as stage:
        bench = uvloop.run(_run(stage, seconds))
    run = finish(bench.lines, bench.memory_mb)
    show(run, console)
    console.print(f"kept: {keep(run, run.at, run.commit).relative_to(CHECKOUT)}")


def _compare(chosen: argparse.Namespace, console: Console) -> None:
    port = os.environ.get("CARNET_DEV_PORT") or str(_AGAINST_PORT)
    if not port.isdigit():
        raise CannotCompare(f"CARNET_DEV_PORT must be a number, not {port!r}")
    compare(
        chosen.against,
        rounds=chosen.rounds or _ROUNDS,
        seconds=chosen.seconds or _AGAINST_SECONDS,
        base_port=int(port),
        console=console,
    )


if __name__ == "__main__":
    sys.exit(main())
