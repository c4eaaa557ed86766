"""Load generation: concurrent clients repeat a request and time it."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec

Request = Callable[[], Awaitable[object]]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Times in ms, rate in requests a second."""

    clients: int
    requests: int
    p50: float
    p95: float
    rate: float


async def measure(request: Request, *, clients: int, seconds: float) -> Figures:
    """Repeat a request with `clients` concurrent clients for `seconds`, after a warm-up of a tenth of that."""
    await _repeat(request, clients, seconds / 10)
    started = time.perf_counter()
    times = await _repeat(request, clients, seconds)
    return _figures(times, clients, time.perf_counter() - started)


async def _repeat(request: Request, clients: int, seconds: float) -> list[float]:
    end = time.perf_counter() + seconds
    times: list[float] = []

    async def client() -> None:
        while (started := time.perf_counter()) < end:
            await request()
            times.append(time.perf_counter() - started)

    await asyncio.gather(*(client() for _ in range(clients)))
    return times


async def measure_blocking(work: Callable[[], object], *, clients: int, seconds: float) -> Figures:
    """As `measure` for blocking code: each client is a thread."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(clients) as pool:
        return await measure(lambda: loop.run_in_executor(pool, work), clients=clients, seconds=seconds)


def _figures(times: list[float], clients: int, elapsed: float) -> Figures:
    ordered = sorted(times)
    return Figures(
        clients=clients,
        requests=len(ordered),
        p50=round(statistics.median(ordered) * 1000, 2),
        p95=round(ordered[int(len(ordered) * 0.95)] * 1000, 2),
        rate=round(len(ordered) / elapsed, 1),
    )
