"""`python -m bench`: measure everything, print the table, store it under bench/results."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

import aiohttp
import uvloop
from rich.console import Console

from bench.against.command import compare
from bench.against.errors import CannotCompare
from bench.environment import BenchStack, bench_stack
from bench.floor.client import EchoClient
from bench.floors import Floors, echo_figures
from bench.load import Figures, Request, measure
from bench.processes import resources_used
from bench.report import ReportRow, finish, keep, show
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

PromiseCheck = Callable[[Figures, float], bool]
"""(figures, ratio to the floor) -> whether the promise is kept."""


class Bench:
    """One run; floors and works alternate, so that other load on the machine affects both."""

    def __init__(
        self, stack: BenchStack, bus: Bus, echo: EchoClient, session: aiohttp.ClientSession, seconds: float
    ) -> None:
        self._stack = stack
        self._floors = Floors(stack, echo)
        self._work = Workload(stack.prepared, stack.prepared.logged_in(), session)
        self._bus = bus
        self._seconds = seconds
        self.lines: list[ReportRow] = []
        self.memory_mb: dict[str, float] = {}

    async def run(self) -> None:
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
            floor = _in_sequence(echo, query)
            is_single = clients == 1
            await self._measure_row(
                "list 20 of 400",
                request,
                floor,
                "echo x2 + query",
                "<= 3 x, <= 10 ms" if is_single else ">= 300/s",
                (lambda got, ratio: ratio <= 3 and got.p50 <= 10) if is_single else (lambda got, _: got.rate >= 300),
            )
            await self._measure_row(
                "refusal",
                refused,
                echo,
                "echo x2",
                "<= 4 ms" if is_single else ">= 500/s",
                (lambda got, _: got.p50 <= 4) if is_single else (lambda got, _: got.rate >= 500),
            )

    async def _deposits(self) -> None:
        for size, name in ((_SMALL, "deposit smallest"), (_USUAL, "deposit 139 kB")):
            content = self._stack.prepared.sample(size)
            request = self._work.deposit(size)
            for clients in _CLIENTS:
                floor = await self._floors.put_and_commit(content, clients=clients, seconds=self._seconds)
                is_single = clients == 1
                await self._measure_row(
                    name,
                    request,
                    floor,
                    "put + commit",
                    ("<= 3 x" if is_single else ">= 200/s") if size == _USUAL else "",
                    (lambda _, ratio: ratio <= 3) if is_single else (lambda got, _: got.rate >= 200),
                )

    async def _reads(self) -> None:
        for size, name in ((_SMALL, "read smallest"), (_USUAL, "read 139 kB"), (_LARGE, "read 5 MB")):
            content = self._stack.prepared.sample(size)
            request = self._work.read(self._work.deposited(content))
            for clients in _CLIENTS:
                floor = await self._floors.get(content, clients=clients, seconds=self._seconds)
                promise, check = _promise_of_reading(size, clients)
                await self._measure_row(name, request, floor, "get", promise, check)

    async def _measure_row(
        self, work: str, request: Request, floor: Figures, floor_name: str, promise: str, check: PromiseCheck
    ) -> None:
        with resources_used(self._stack.pids) as usage:
            figures = await measure(request, clients=floor.clients, seconds=self._seconds)
        self.memory_mb = usage.memory_mb
        ratio = figures.p50 / floor.p50
        # The processor time includes the warm-up, a tenth of the measured time.
        count = figures.requests * 1.1
        self.lines.append(
            ReportRow(
                work=work,
                figures=figures,
                floor=floor_name,
                floor_p50=floor.p50,
                floor_rate=floor.rate,
                promise=promise,
                kept=check(figures, ratio) if promise else None,
                cpu={name: round(cpu_ms / count, 3) for name, cpu_ms in usage.cpu_ms.items()},
            )
        )


def _promise_of_reading(size: int, clients: int) -> tuple[str, PromiseCheck]:
    if size == _USUAL:
        if clients == 1:
            return "<= 3 x", lambda _, ratio: ratio <= 3
        return ">= 300/s", lambda got, _: got.rate >= 300
    if size == _LARGE and clients == 1:
        return "<= 1.5 x", lambda _, ratio: ratio <= 1.5
    return "", lambda _got, _ratio: True


def _in_sequence(first: Figures, second: Figures) -> Figures:
    """Figures of both requests in sequence: times and costs add up."""
    return Figures(
        clients=first.clients,
        requests=first.requests,
        p50=round(first.p50 + second.p50, 2),
        p95=round(first.p95 + second.p95, 2),
        rate=round(1 / (1 / first.rate + 1 / second.rate), 1),
    )


async def _run(stack: BenchStack, seconds: float) -> Bench:
    bus = await Bus.connect(stack.platform.addresses.amqp_url)
    echo = await EchoClient.connect(stack.echo.amqp_url, stack.echo.token(seconds=_TOKEN_SECONDS))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
        bench = Bench(stack, bus, echo, session, seconds)
        await bench.run()
    echo.close()
    await bus.close()
    return bench


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    options = _parsed(arguments)
    console = Console(width=150)
    with signals_interrupt():
        try:
            if options.against:
                _compare(options, console)
            else:
                _measure(options.seconds or _SECONDS, console)
        except (CannotCompare, StackError) as error:
            print(f"python -m bench: {error}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print("python -m bench: interrupted, nothing is left running", file=sys.stderr)
            return 130
    return 0


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--seconds", type=_seconds, help=f"length of each measure ({_SECONDS:g}; {_AGAINST_SECONDS:g} with --against)"
    )
    parser.add_argument("--against", metavar="COMMIT", help="measure this checkout and that of a commit in turn")
    parser.add_argument("--rounds", type=_rounds, help=f"of both checkouts, with --against ({_ROUNDS})")
    options = parser.parse_args(arguments)
    if options.rounds is not None and options.against is None:
        parser.error("--rounds goes with --against")
    if options.against == "":
        parser.error("--against needs a commit")
    return options


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
    with bench_stack(CHECKOUT / "var" / "bench", _BASE_PORT) as stack:
        bench = uvloop.run(_run(stack, seconds))
    run = finish(bench.lines, bench.memory_mb)
    show(run, console)
    console.print(f"kept: {keep(run, run.at, run.commit).relative_to(CHECKOUT)}")


def _compare(options: argparse.Namespace, console: Console) -> None:
    port = os.environ.get("CARNET_DEV_PORT") or str(_AGAINST_PORT)
    if not port.isdigit():
        raise CannotCompare(f"CARNET_DEV_PORT must be a number, not {port!r}")
    compare(
        options.against,
        rounds=options.rounds or _ROUNDS,
        seconds=options.seconds or _AGAINST_SECONDS,
        base_port=int(port),
        console=console,
    )


if __name__ == "__main__":
    sys.exit(main())
