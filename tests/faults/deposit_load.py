"""Two clients deposit documents while a fault is injected; then no document is lost or duplicated."""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2
import requests

from client.errors import ApiError
from client.people import DemoPeople
from client.professional import ProfessionalClient
from deploy.dev.stack import Stack
from tests.support.people import activate_account, document_for, open_record
from tests.support.waiting import wait_until

_SECONDS = 100


class DepositLoad:
    """Deposits `count` documents into one record and repeats each until it is acknowledged, as software does."""

    def __init__(self, demo: DemoPeople, count: int, seconds: float = _SECONDS) -> None:
        self._demo = demo
        self._holder = open_record(demo)
        self._patient = activate_account(demo, self._holder)
        self._contents = [document_for(demo, self._holder) for _ in range(count)]
        self._acknowledged: dict[str, bytes] = {}
        self._answers: list[str] = []
        self._seconds = seconds
        self._limit = time.monotonic() + seconds

    @property
    def record(self) -> str:
        return self._holder.record

    @property
    def acknowledged(self) -> int:
        """How many documents are acknowledged by now."""
        return len(self._answers)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the block once a quarter of the documents is acknowledged; return when all are, or when time is up."""
        halves = (self._contents[::2], self._contents[1::2])
        depositors = [self._demo.logged_in("hospital") for _ in halves]
        workers = [
            threading.Thread(target=self._deposit_all, args=arguments)
            for arguments in zip(depositors, halves, strict=True)
        ]
        for worker in workers:
            worker.start()
        wait_until(lambda: len(self._answers) > len(self._contents) // 4, "a quarter of the deposits")
        yield
        for worker in workers:
            worker.join(timeout=self._seconds)

    def _deposit_all(self, depositor: ProfessionalClient, contents: list[bytes]) -> None:
        for content in contents:
            while time.monotonic() < self._limit:
                document_id = self._deposit(depositor, content)
                if document_id:
                    self._answers.append(document_id)
                    self._acknowledged[document_id] = content
                    break

    def _deposit(self, depositor: ProfessionalClient, content: bytes) -> str | None:
        """The document's id; None where the deposit must be repeated."""
        try:
            return str(depositor.deposit(self._holder.record, content).document_id)
        except requests.RequestException:
            return None
        except ApiError as refused:
            if refused.status != 503:
                raise
            return None

    def check_nothing_lost_or_duplicated(self, platform: Stack) -> None:
        """Each document was acknowledged, is listed once, is returned as it was sent, and has one notice."""
        self.check_documents()
        self.check_notices(lambda: self._notice_count(platform))

    def check_documents(self) -> None:
        """Each document was acknowledged, is listed once, and is returned as it was sent."""
        count = len(self._contents)
        assert Counter(self._answers).most_common(1)[0][1] == 1
        assert len(self._answers) == count
        wait_until(self._is_served, "the list is served again")
        assert sorted(self._listed_ids()) == sorted(self._acknowledged)
        for document_id, content in list(self._acknowledged.items())[:: max(1, count // 20)]:
            received = self._patient.download(self._holder.record, document_id)
            assert hashlib.sha256(received).digest() == hashlib.sha256(content).digest()

    def check_notices(self, count_notices: Callable[[], int]) -> None:
        """Each document has one notice; `count_notices`: those of new documents in the record, by now."""
        wait_until(lambda: count_notices() >= len(self._contents), "every notice", seconds=60)
        assert count_notices() == len(self._contents)

    def _is_served(self) -> bool:
        try:
            self._listed_ids()
        except (ApiError, requests.RequestException):
            return False
        return True

    def _listed_ids(self) -> list[str]:
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = self._patient.list_documents(self._holder.record, count="100", **cursor)
            found += [str(document.document_id) for document in page.documents]
            if page.next is None:
                return found
            cursor = {"cursor": page.next}

    def _notice_count(self, platform: Stack) -> int:
        statement = "SELECT count(*) FROM notices WHERE patient_id = %s AND code = 'AJOUT_DOCUMENT'"
        with psycopg2.connect(platform.addresses.database_url("notify")) as connection, connection.cursor() as cursor:
            cursor.execute(statement, [self._holder.record])
            row = cursor.fetchone()
        return 0 if row is None else int(row[0])
