"""Services are killed (SIGKILL) between any two steps: each act is journalled once, each deposit is stored once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from client.errors import ApiError
from client.people import DemoPeople
from contracts.audit import JournalLine
from contracts.vocabulary import Act, Outcome, Role
from deploy.dev.stack import Stack
from tests.faults.killable_services import KillableService, killable_services
from tests.faults.outbox_observer import EntryKey, OutboxObserver, outbox_observer
from tests.support.people import activate_account, authorised_doctor, document_for, open_record
from tests.support.waiting import wait_until

NO_CRASH = 0


class Scenario:
    """A record of its own, the clients that use it, and counts of their requests and replies.

    The known doctor has read the record before. The new doctor has not, so that their reading sends a notice.
    """

    def __init__(self, demo: DemoPeople, observer: OutboxObserver) -> None:
        holder = open_record(demo)
        self.observer = observer
        self.record = holder.record
        self.patient = activate_account(demo, holder)
        self.known_doctor = authorised_doctor(demo, holder, "gp")
        self.new_doctor = authorised_doctor(demo, holder, "specialist")
        self.depositor = demo.logged_in("hospital")
        self.requested: Counter[Act] = Counter()
        self.answered: Counter[Act] = Counter()
        self.acknowledged: dict[str, bytes] = {}
        self.first, self.second = document_for(demo, holder), document_for(demo, holder)
        self.deposit(self.first)
        self.list()

    def list(self) -> None:
        self.requested[Act.CONSULTATION_LISTE] += 1
        self.known_doctor.list_documents(self.record)
        self.answered[Act.CONSULTATION_LISTE] += 1

    def open(self) -> None:
        document = next(iter(self.acknowledged))
        self.requested[Act.CONSULTATION_DOCUMENT] += 1
        assert self.new_doctor.download(self.record, document) == self.first
        self.answered[Act.CONSULTATION_DOCUMENT] += 1

    def deposit(self, content: bytes) -> None:
        document = self.depositor.deposit(self.record, content)
        self.acknowledged[str(document.document_id)] = content


def list_documents(scenario: Scenario) -> None:
    scenario.list()


def open_content(scenario: Scenario) -> None:
    scenario.open()


def deposit(scenario: Scenario) -> None:
    scenario.deposit(scenario.second)


def all_operations(scenario: Scenario) -> None:
    """The journal entries of all of them arrive as one batch."""
    with scenario.observer.held_back("records"):
        scenario.list()
        scenario.list()
        scenario.open()
        scenario.deposit(scenario.second)


Operation = Callable[[Scenario], None]

CASES: list[tuple[str, Operation]] = [
    ("records", list_documents),
    ("records", open_content),
    ("records", deposit),
    ("consent", list_documents),
    ("consent", deposit),
    ("audit", list_documents),
    ("audit", all_operations),
]
"""The service that is killed, and the operation during which it is."""


@pytest.fixture(scope="module")
def killable(platform: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, KillableService]]:
    """Service name -> the service, in a form that can crash."""
    with killable_services(platform, ("records", "consent", "audit"), tmp_path_factory.mktemp("runs")) as services:
        yield services


@pytest.fixture(scope="module")
def observer(platform: Stack) -> Iterator[OutboxObserver]:
    with outbox_observer(platform) as observer:
        yield observer


@pytest.mark.parametrize(("service", "operation"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_crash_before_any_step_loses_and_duplicates_no_journal_entry_and_no_deposit(
    demo: DemoPeople,
    observer: OutboxObserver,
    killable: dict[str, KillableService],
    subtests: pytest.Subtests,
    service: str,
    operation: Operation,
) -> None:
    process = killable[service]
    scenarios = [Scenario(demo, observer)]
    steps = _crash(scenarios[0], operation, process, NO_CRASH)
    assert steps
    for number, step in enumerate(steps, 1):
        with subtests.test(f"{service} crashes before step {number} of {len(steps)}: {step}"):
            # What one crash lost was reported there; the next one must not wait for it.
            observer.give_up()
            scenario = Scenario(demo, observer)
            _crash(scenario, operation, process, number)
            scenarios.append(scenario)
    for scenario in scenarios:
        _check_journal(scenario)


def _crash(scenario: Scenario, operation: Operation, process: KillableService, step: int) -> list[str]:
    """Crash the process during an operation, restart it and repeat the operation if it failed.

    Returns the steps that were reached.
    """
    wait_until(scenario.observer.all_has_arrived, "earlier entries in the journal")
    process.crash_before(step)
    with ThreadPoolExecutor(1) as client:
        answer = client.submit(_succeeds, scenario, operation)
        try:
            if step == NO_CRASH:
                assert answer.result()
                wait_until(lambda: scenario.observer.all_has_arrived() and process.has_settled(), "the last step")
            else:
                process.wait_for_crash()
            steps = process.steps
        finally:
            process.restart()
    if not answer.result():
        wait_until(lambda: _succeeds(scenario, operation), "a reply after the restart")
    _check_journal(scenario)
    _check_documents(scenario)
    return steps


def _succeeds(scenario: Scenario, operation: Operation) -> bool:
    try:
        operation(scenario)
    except ApiError as refused:
        if refused.status != 503:
            raise
        return False
    return True


def _check_journal(scenario: Scenario) -> None:
    wait_until(scenario.observer.all_has_arrived, "the whole journal")
    committed = scenario.observer.committed(scenario.record)
    lines = scenario.patient.journal(scenario.record)
    journal: Counter[EntryKey] = Counter(map(_key_of, lines))
    assert journal == committed, "each committed entry is one line, and there are no others"
    by_professionals = [line for line in lines if line.actor_role == Role.PROFESSIONAL]
    allowed = Counter(line.act for line in by_professionals if line.outcome == Outcome.ALLOWED)
    assert allowed >= scenario.answered, "each answered request has its line"
    assert all(allowed[act] <= scenario.requested[act] for act in scenario.requested), "no request has two lines"
    deposited = [str(line.document_id) for line in lines if line.act == Act.DEPOT_DOCUMENT]
    assert sorted(deposited) == sorted(scenario.acknowledged), "each acknowledged deposit has one line"
    strands = defaultdict(list)
    for line in lines:
        strands[line.strand].append(line.number)
    for numbers in strands.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), "numbers have no gap"


def _key_of(line: JournalLine) -> EntryKey:
    return (line.act, line.outcome, None if line.document_id is None else str(line.document_id))


def _check_documents(scenario: Scenario) -> None:
    listed = [str(document.document_id) for document in scenario.patient.list_documents(scenario.record).documents]
    assert sorted(listed) == sorted(scenario.acknowledged), (
        "each acknowledged document is listed once, and nothing else"
    )
    for document, content in scenario.acknowledged.items():
        assert scenario.patient.download(scenario.record, document) == content
