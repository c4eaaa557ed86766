"""`python -m bench.pages`: pages against the API's list, and clinical data of 50 documents, in one run."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import aiohttp
import psycopg2
import requests
from rich.console import Console
from rich.table import Table

from bench.environment import BenchStack, bench_stack
from bench.load import Figures, Request, measure
from client.people import as_author, as_subject
from deploy.dev.paths import CHECKOUT
from deploy.dev.people import PATIENTS
from samples.coded import coded_summary

_PORT, _SECONDS, _TIMEOUT = 30_800, 2.0, 20
_ROUNDS, _CLIENTS, _COLD_ROUNDS = 5, 16, 3
_DOCUMENTS = 50
_MOST_RATIO, _MOST_MS = 1.3, 50.0
_DOCTOR = "specialist"


class PagesBench:
    """One platform; the record of 400 documents, and one of 50 that are coded."""

    def __init__(self, stack: BenchStack, session: aiohttp.ClientSession, seconds: float) -> None:
        self._stack = stack
        self._session = session
        self._seconds = seconds
        self._gateway = stack.prepared.demo.gateway
        self._bearer = {"authorization": f"Bearer {stack.prepared.demo.logged_in(_DOCTOR).token}"}
        self._cookie = {"cookie": _logged_in_cookie(self._gateway)}

    async def pages(self) -> list[tuple[Figures, Figures]]:
        """The list and the page of the record in turn."""
        record = self._stack.prepared.record
        listed = self._get(f"/dmp/records/{record}/documents?count=50", self._bearer)
        shown = self._get(f"/pro/d/{record}", self._cookie)
        return [
            (
                await measure(listed, clients=_CLIENTS, seconds=self._seconds),
                await measure(shown, clients=_CLIENTS, seconds=self._seconds),
            )
            for _ in range(_ROUNDS)
        ]

    async def clinical_data(self) -> dict[str, float]:
        """Medians in ms, one client: the list of 50 documents, their clinical data, and these never read before."""
        record = self._coded_record()
        listed = self._get(f"/dmp/records/{record}/documents?count=50", self._bearer)
        read = self._get(f"/dmp/records/{record}/facts", self._bearer)
        cold = []
        for _ in range(_COLD_ROUNDS):
            await asyncio.to_thread(self._forget)
            cold.append(await _milliseconds(read))
        return {
            "list": (await measure(listed, clients=1, seconds=self._seconds)).p50,
            "kept": (await measure(read, clients=1, seconds=self._seconds)).p50,
            "never read": median(cold),
        }

    def _coded_record(self) -> str:
        demo, patient = self._stack.prepared.demo, PATIENTS[1]
        card = demo.card_for(patient)
        record = str(demo.logged_in("pharmacist").open_record(demo.vitale_proof(card)).patient_id)
        demo.logged_in(_DOCTOR).declare_consent(record, demo.vitale_proof(card))
        depositor, author = demo.logged_in("hospital"), as_author(demo.professional("hospital"))
        for _ in range(_DOCUMENTS):
            document = coded_summary(
                patient=as_subject(patient),
                author=author,
                unique_id=f"1.2.250.1.213.1.1.9.98.{uuid4().int % 10**18}",
                effective_time=datetime.now(UTC),
            )
            depositor.deposit(record, document)
        return record

    def _forget(self) -> None:
        url = self._stack.platform.addresses.database_url("documents")
        with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("DELETE FROM clinical_data")

    def _get(self, path: str, headers: dict[str, str]) -> Request:
        async def request() -> None:
            async with self._session.get(
                f"{self._gateway}{path}", headers=headers, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise RuntimeError(f"HTTP {response.status} from {path}: what was measured is not the work")
                await response.read()

        return request


async def _milliseconds(request: Callable[[], Awaitable[object]]) -> float:
    started = perf_counter()
    await request()
    return (perf_counter() - started) * 1000


def _logged_in_cookie(gateway: str) -> str:
    """A doctor's browser, logged in at the stand-in for Pro Santé Connect."""
    with requests.Session() as browser:
        answer = browser.get(f"{gateway}/pro/connexion/depart", timeout=_TIMEOUT)
        query = urlsplit(answer.url).query
        browser.post(urljoin(answer.url, f"/authorize?{query}"), data={"person": _DOCTOR}, timeout=_TIMEOUT)
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)


async def _run(stack: BenchStack, seconds: float, console: Console) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
        bench = PagesBench(stack, session, seconds)
        rounds, data = await bench.pages(), await bench.clinical_data()
    table = Table("round", "list p50", "list p95", "page p50", "page p95", "p95 page / list")
    for number, (listed, shown) in enumerate(rounds, start=1):
        figures = (listed.p50, listed.p95, shown.p50, shown.p95)
        table.add_row(str(number), *(f"{figure:.1f}" for figure in figures), f"{shown.p95 / listed.p95:.2f}")
    console.print(table)
    ratio = median(shown.p95 / listed.p95 for listed, shown in rounds)
    console.print(f"page / list at {_CLIENTS} clients, median of p95: {ratio:.2f} (promised <= {_MOST_RATIO})")
    console.print(
        f"clinical data of {_DOCUMENTS} documents: {data['kept']:.1f} ms (promised <= {_MOST_MS:.0f}), never read"
        f" before {data['never read']:.1f} ms; the list {data['list']:.1f} ms"
    )
    console.print(f"load average {os.getloadavg()[0]:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="of each measure")
    options = parser.parse_args()
    with bench_stack(CHECKOUT / "var" / "bench-pages", _PORT) as stack:
        asyncio.run(_run(stack, options.seconds, Console(width=120)))


if __name__ == "__main__":
    main()
