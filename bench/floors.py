"""Floors: the least that any design on these servers must spend on a work."""

from collections.abc import Callable
from io import BytesIO
from itertools import count

import psycopg2
from minio import Minio

from bench.environment import BenchStack
from bench.floor.client import EchoClient
from bench.load import Figures, Request, measure, measure_blocking

_QUERY = """
SELECT * FROM documents WHERE patient_id = %s AND status = 'current'
ORDER BY created_at DESC, document_id DESC LIMIT 21
"""


class Floors:
    """Measurements of the floors."""

    def __init__(self, stack: BenchStack, echo: EchoClient) -> None:
        self._stack = stack
        self._echo = echo
        store = stack.platform.addresses.object_store
        self._bucket = store.bucket
        self._minio = Minio(
            store.endpoint,
            access_key=store.access_key,
            secret_key=store.secret_key,
            region=store.region,
            secure=store.secure,
        )
        self._numbers = count(1)

    def echo(self, *, hops: int) -> Request:
        """A bare RPC round trip over `hops` services."""
        return lambda: self._echo.say("ping", hops=hops)

    async def query(self, *, clients: int, seconds: float) -> Figures:
        """The SQL query of a document list, each client on its own connection."""
        connections = [
            psycopg2.connect(self._stack.platform.addresses.database_url("records")) for _ in range(clients)
        ]
        for connection in connections:
            connection.autocommit = True
        turn = count()

        def run() -> None:
            with connections[next(turn) % clients].cursor() as cursor:
                cursor.execute(_QUERY, (self._stack.prepared.record,))
                cursor.fetchall()

        figures = await measure_blocking(run, clients=clients, seconds=seconds)
        for connection in connections:
            connection.close()
        return figures

    async def put_and_commit(self, content: bytes, *, clients: int, seconds: float) -> Figures:
        """A bare PUT to the object store, then one row and its commit."""
        return await measure_blocking(self._putter(content, clients), clients=clients, seconds=seconds)

    def _putter(self, content: bytes, clients: int) -> Callable[[], None]:
        connections = [
            psycopg2.connect(self._stack.platform.addresses.database_url("documents")) for _ in range(clients)
        ]
        turn = count()
        with connections[0].cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS bench_floor (id bigint)")
            cursor.execute("COMMIT")

        def run() -> None:
            number = next(self._numbers)
            self._minio.put_object(self._bucket, f"bench/{number}", BytesIO(content), len(content))
            connection = connections[next(turn) % clients]
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO bench_floor VALUES (%s)", (number,))
                connection.commit()

        return run

    async def get(self, content: bytes, *, clients: int, seconds: float) -> Figures:
        """A bare GET from the object store."""
        self._minio.put_object(self._bucket, "bench/read", BytesIO(content), len(content))

        def run() -> None:
            response = self._minio.get_object(self._bucket, "bench/read")
            try:
                response.read()
            finally:
                response.close()
                response.release_conn()

        return await measure_blocking(run, clients=clients, seconds=seconds)


async def echo_figures(floors: Floors, *, hops: int, clients: int, seconds: float) -> Figures:
    return await measure(floors.echo(hops=hops), clients=clients, seconds=seconds)
