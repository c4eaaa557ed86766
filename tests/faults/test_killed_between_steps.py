"""kill -9 between any two steps of a read or a deposit: each act is journalled once, a deposit is there once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from cli.demo.client import ApiError
from cli.demo.people import DemoPeople
from contracts.vocabulary import Act, Outcome, Role
from deploy.dev.stack import Stack
from tests.faults.killable import KillableService, killable_services
from tests.faults.witness import Entry, Witness, witnessed
from tests.support.people import activate, authorised, document_for, open_record
from tests.support.waiting import wait_until

AFTER_THE_LAST = 0


class Scene:
    """A record of its own, who acts on it, and what they were answered.

    The known doctor has read it before; the newcomer has not, so that a first reading is told to the holder.
    """

    def __init__(self, demo: DemoPeople, witness: Witness) -> None:
        holder = open_record(demo)
        self.witness = witness
        self.record = holder.record
        self.patient = activate(demo, holder)
        self.known, self.newcomer = authorised(demo, holder, "gp"), authorised(demo, holder, "specialist")
        self.depositor = demo.logged_in("hospital")
        self.asked: Counter[Act] = Counter()
        self.answered: Counter[Act] = Counter()
        self.acknowledged: dict[str, bytes] = {}
        self.first, self.second = document_for(demo, holder), document_for(demo, holder)
        self.deposit(self.first)
        self.list()

    def list(self) -> None:
        self.asked[Act.CONSULTATION_LISTE] += 1
        self.known.list_documents(self.record)
        self.answered[Act.CONSULTATION_LISTE] += 1

    def open(self) -> None:
        document = next(iter(self.acknowledged))
        self.asked[Act.CONSULTATION_DOCUMENT] += 1
        assert self.newcomer.download(self.record, document) == self.first
        self.answered[Act.CONSULTATION_DOCUMENT] += 1

    def deposit(self, content: bytes) -> None:
        document = self.depositor.deposit(self.record, content)
        self.acknowledged[str(document["document_id"])] = content


def list_documents(scene: Scene) -> None:
    scene.list()


def open_content(scene: Scene) -> None:
    scene.open()


def deposit(scene: Scene) -> None:
    scene.deposit(scene.second)


def do_much(scene: Scene) -> None:
    """All of it; its entries arrive as one bundle."""
    with scene.witness.held_back("records"):
        scene.list()
        scene.list()
        scene.open()
        scene.deposit(scene.second)


Deed = Callable[[Scene], None]

DEEDS: list[tuple[str, Deed]] = [
    ("records", list_documents),
    ("records", open_content),
    ("records", deposit),
    ("consent", list_documents),
    ("consent", deposit),
    ("audit", list_documents),
    ("audit", do_much),
]
"""Who dies during what."""


@pytest.fixture(scope="module")
def killable(platform: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, KillableService]]:
    """The services that die in these tests."""
    with killable_services(platform, ("records", "consent", "audit"), tmp_path_factory.mktemp("lives")) as found:
        yield found


@pytest.fixture(scope="module")
def witness(platform: Stack) -> Iterator[Witness]:
    """Who sees what units tell."""
    with witnessed(platform) as found:
        yield found


@pytest.mark.parametrize(("service", "deed"), DEEDS, ids=lambda value: getattr(value, "__name__", value))
def test_killed_before_any_step_what_was_answered_is_journalled_once_and_a_deposit_is_there_once(
    demo: DemoPeople,
    witness: Witness,
    killable: dict[str, KillableService],
    subtests: pytest.Subtests,
    service: str,
    deed: Deed,
) -> None:
    mortal = killable[service]
    scenes = [Scene(demo, witness)]
    steps = _die(scenes[0], deed, mortal, AFTER_THE_LAST)
    assert steps
    for number, step in enumerate(steps, 1):
        with subtests.test(f"{service} dies before step {number} of {len(steps)}: {step}"):
            # What one death may have lost is told there, and is no matter of the next.
            witness.give_up()
            scene = Scene(demo, witness)
            _die(scene, deed, mortal, number)
            scenes.append(scene)
    for scene in scenes:
        _check_journal(scene)


def _die(scene: Scene, deed: Deed, mortal: KillableService, step: int) -> list[str]:
    """Somebody dies during a deed and comes back; whoever was refused does it again. Answers the steps until then."""
    wait_until(scene.witness.all_has_arrived, "the journal of what went before")
    mortal.die_before(step)
    with ThreadPoolExecutor(1) as client:
        answer = client.submit(_is_answered, scene, deed)
        try:
            if step == AFTER_THE_LAST:
                assert answer.result()
                wait_until(lambda: scene.witness.all_has_arrived() and mortal.has_settled(), "the last step")
            else:
                mortal.wait_for_death()
            steps = mortal.steps
        finally:
            mortal.live()
    if not answer.result():
        wait_until(lambda: _is_answered(scene, deed), "an answer afterwards")
    _check_journal(scene)
    _check_documents(scene)
    return steps


def _is_answered(scene: Scene, deed: Deed) -> bool:
    try:
        deed(scene)
    except ApiError as refused:
        if refused.status != 503:
            raise
        return False
    return True


def _check_journal(scene: Scene) -> None:
    wait_until(scene.witness.all_has_arrived, "the whole journal")
    told = scene.witness.told(scene.record)
    lines = scene.patient.journal(scene.record)
    journal: Counter[Entry] = Counter((line["act"], line["outcome"], line.get("document_id")) for line in lines)
    assert journal == told, "each entry that a unit kept is a line, once, and there are no others"
    by_professionals = [line for line in lines if line["actor_role"] == Role.PROFESSIONAL]
    allowed = Counter(line["act"] for line in by_professionals if line["outcome"] == Outcome.ALLOWED)
    assert allowed >= scene.answered, "what was answered has its line"
    assert all(allowed[act] <= scene.asked[act] for act in scene.asked), "no question has two lines"
    deposited = [line["document_id"] for line in lines if line["act"] == Act.DEPOT_DOCUMENT]
    assert sorted(deposited) == sorted(scene.acknowledged), "what was acknowledged has its line, once"
    strands = defaultdict(list)
    for line in lines:
        strands[line.get("strand")].append(line["number"])
    for numbers in strands.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), "numbers run without a gap"


def _check_documents(scene: Scene) -> None:
    listed = [document["document_id"] for document in scene.patient.list_documents(scene.record)["documents"]]
    assert sorted(listed) == sorted(scene.acknowledged), "what was acknowledged is there, once, and nothing else"
    for document, content in scene.acknowledged.items():
        assert scene.patient.download(scene.record, document) == content
