"""Clients that list and deposit without a pause; each answer is noted, also that there was none."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import requests

from client.errors import ApiError
from client.people import DemoPeople
from client.professional import ProfessionalClient
from tests.support.people import authorised_doctor, document_for, open_record
from tests.support.waiting import wait_until

_LISTERS = 4
_DEPOSITORS = 2
_DOCUMENTS = 400


class CallLoad:
    """Lists and deposits of one record, through the first of `gateways` that accepts connections."""

    def __init__(self, demo: DemoPeople, gateways: Sequence[str]) -> None:
        self._gateways = gateways
        holder = open_record(demo)
        readers = [authorised_doctor(demo, holder)] + [authorised_doctor(demo, holder) for _ in range(_LISTERS - 1)]
        self._readers = [reader.token for reader in readers]
        self._depositors = [demo.logged_in("hospital").token for _ in range(_DEPOSITORS)]
        self._record = holder.record
        self._documents = [document_for(demo, holder) for _ in range(_DOCUMENTS)]
        self._done = threading.Event()
        self.lists: list[str] = []
        """Outcomes, `done` or what was wrong."""
        self.deposits: list[str] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the block while calls are made, of which some are made before and some after it."""
        workers = [threading.Thread(target=self._list_all, args=(token,)) for token in self._readers]
        shares = [self._documents[number::_DEPOSITORS] for number in range(_DEPOSITORS)]
        workers += [
            threading.Thread(target=self._deposit_all, args=arguments)
            for arguments in zip(self._depositors, shares, strict=True)
        ]
        for worker in workers:
            worker.start()
        try:
            self._wait_for_more()
            yield
            self._wait_for_more()
        finally:
            self._done.set()
            for worker in workers:
                worker.join()

    def _wait_for_more(self) -> None:
        lists, deposits = len(self.lists), len(self.deposits)
        wait_until(lambda: len(self.lists) > lists + 20 and len(self.deposits) > deposits + 5, "more calls", 60)

    def _list_all(self, token: str) -> None:
        while not self._done.is_set():
            self.lists.append(self._outcome(token, lambda client: client.list_documents(self._record)))

    def _deposit_all(self, token: str, documents: Sequence[bytes]) -> None:
        for document in documents:
            if self._done.is_set():
                return
            self.deposits.append(self._outcome(token, partial(self._deposit, document)))

    def _deposit(self, document: bytes, client: ProfessionalClient) -> None:
        client.deposit(self._record, document)

    def _outcome(self, token: str, call: Callable[[ProfessionalClient], object]) -> str:
        """`done`, or what was wrong. A connection that is refused is tried at the next gateway."""
        for gateway in self._gateways:
            try:
                call(ProfessionalClient(gateway, token))
            except ApiError as refused:
                return f"{refused.status} {refused.code}"
            except requests.RequestException as error:
                if "Connection refused" not in str(error):
                    return f"no answer: {error}"
            else:
                return "done"
        return "no gateway"
