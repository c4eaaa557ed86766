"""The state machine: random acts in both worlds and hidden ones in the first; at the end the reader compares them."""

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.journeys.two_worlds.answers import differences
from tests.journeys.two_worlds.hidden_acts import ENDS, HIDDEN_ACTS, MIXED_ACTS, ON_HIDDEN
from tests.journeys.two_worlds.observing import Observer, RouteAnswers, compared
from tests.journeys.two_worlds.open_acts import NEED_A_DOCUMENT, NOT_REPLACEABLE_AFTER, ONLY_FOR, OPEN_ACTS
from tests.journeys.two_worlds.readers import Hidden, Paper, Reader
from tests.journeys.two_worlds.routes import JOURNAL_ASKS, STATE_ASKS, TRACE_ASKS, Ask
from tests.journeys.two_worlds.streams import messages_to, settle
from tests.journeys.two_worlds.worlds import FIRST_DAY, ActStep, Pair, People, make_pair, outcome_of

_NUMBERS = st.integers(0, 7)
_MOST_SHOWN = 2
_STRIDE = 2
"""Between the open acts of two steps, so that even one example has acts of the whole table."""
_SETTLINGS = 3
_MOST_LINES = 25
_PLACES = st.integers(0, 11)


class TwoWorlds(RuleBasedStateMachine):
    """One pair of worlds and one reader."""

    people: People
    reader: Reader
    examples: int = 0
    failed_at: int = 0
    """The example that failed first; it is run again."""

    def __init__(self) -> None:
        super().__init__()
        type(self).examples += 1
        self.pair: Pair | None = None
        self.has_failed = False
        self.papers: list[Paper] = []
        self.acts: list[str] = []
        self._places = itertools.count(0, 2)
        self._counts = itertools.count()

    @initialize()
    def begin(self) -> None:
        """Two records, and a reader who may read them."""
        self.pair = make_pair(self.people)
        for world in self.pair.worlds:
            self.reader.admit(world)
        for number in range(2):
            self._act_openly("deposit", self._step(number))
        assert len(self.papers) == 2, self.acts

    def _step(self, number: int, document: int = -1) -> ActStep:
        new = next(self._places)
        return ActStep(number, document, new, FIRST_DAY + timedelta(minutes=new))

    def _act_openly(self, name: str, step: ActStep) -> None:
        assert self.pair is not None
        outcomes = [outcome_of(partial(OPEN_ACTS[name], world, step)) for world in self.pair.worlds]
        self._note(f"{name}({step.number}, document {step.document}) -> {outcomes[0]}")
        self._check_same(name, *outcomes)
        if step.new in self.pair.first.documents:
            self.papers.append(Paper(step.new))

    def _check_same(self, name: str, outcome: str, other: str) -> None:
        """An act ends alike in both worlds, or they are not comparable any more."""
        self.has_failed = outcome != other
        assert not self.has_failed, self._report([f"{name}: {outcome} | {other}"])

    def _note(self, act: str) -> None:
        self.acts.append(act)
        note(act)

    def act_in_turn(self, tables: "ActTables", opened: int, hidden: int, number: int, place: int) -> None:
        """An open act and two hidden ones; the simplest example, all zeros, goes through the tables in order."""
        count = next(self._counts)
        number = (number + count) % 8
        self.act_openly(tables.opened[(opened + _STRIDE * count) % len(tables.opened)], number, place)
        for offset in (2 * count, 2 * count + 1):
            name, kind = tables.hidden[(hidden + offset) % len(tables.hidden)]
            self.act_secretly(name, kind, number, place)

    def act_openly(self, name: str, number: int, place: int) -> None:
        shown = [paper for paper in self.papers if paper.hidden is None and paper.current]
        if name in NEED_A_DOCUMENT and not shown:
            return
        paper = shown[place % len(shown)] if name in NEED_A_DOCUMENT else Paper(-1)
        self._act_openly(name, self._step(number, paper.place))
        paper.replaceable = paper.replaceable and name not in NOT_REPLACEABLE_AFTER

    def act_secretly(self, name: str, kind: Hidden, number: int, place: int) -> None:
        assert self.pair is not None
        papers = self._papers_for(name, kind)
        if not papers:
            return
        paper = papers[place % len(papers)]
        step = self._step(number, paper.place)
        act = (HIDDEN_ACTS | MIXED_ACTS)[name][0]
        outcome = outcome_of(partial(act, self.pair.first, step, kind))
        self._note(f"HIDDEN {kind.name} {name}({step.number}, document {step.document}) -> {outcome}")
        if name in MIXED_ACTS:
            other = outcome_of(partial(act, self.pair.second, step, kind))
            self._check_same(name, outcome, other)
        self._file(name, kind, step, paper)

    def _papers_for(self, name: str, kind: Hidden) -> list[Paper]:
        if name in ON_HIDDEN or name == "replace_hidden_by_shown":
            return [paper for paper in self.papers if paper.hidden is kind and paper.current]
        if name == "deposit_in_place_of_a_shown_one":
            return [paper for paper in self.papers if paper.hidden is None and paper.current and paper.replaceable]
        return [Paper(-1)]

    def _file(self, name: str, kind: Hidden, step: ActStep, paper: Paper) -> None:
        assert self.pair is not None
        documents = self.pair.first.documents
        if name in ENDS or name in {"deposit_in_place_of_a_shown_one", "replace_hidden_by_shown"}:
            paper.current = False
        is_shown = name in MIXED_ACTS
        if step.new in documents:
            self.papers.append(Paper(step.new, None if is_shown else kind))
        if step.new + 1 in documents:
            self.papers.append(Paper(step.new + 1, kind))

    def teardown(self) -> None:
        """The reader asks everything in both worlds."""
        if self.pair is None or self.has_failed:
            return
        found = self._compare()
        assert not found, self._report(found)

    def _compare(self) -> list[str]:
        assert self.pair is not None
        documents = self._documents_to_name()
        observers = [Observer.of(world, self.reader) for world in self.pair.worlds]
        found = self._compare_settled(observers, JOURNAL_ASKS, documents)
        found += compared(*_ask_both(observers, STATE_ASKS, documents))
        found += self._compare_settled(observers, TRACE_ASKS, documents)
        messages = [messages_to(world, *self._addressees()) for world in self.pair.worlds]
        return [*found, *differences(messages[0], messages[1], "messages")]

    def _compare_settled(self, observers: list[Observer], asks: Sequence[Ask], documents: list[Paper]) -> list[str]:
        """What differs in what arrives later; a difference must still be there when everything has settled again."""
        assert self.pair is not None
        found: list[str] = []
        names = [dict(observer.normalizer.names) for observer in observers]
        for _ in range(_SETTLINGS):
            until = settle(self.pair)
            for observer, known in zip(observers, names, strict=True):
                observer.until = observer.until or until
                observer.normalizer.names = dict(known)
            found = compared(*_ask_both(observers, asks, documents))
            if not found:
                break
        for observer in observers:
            observer.until = None
        return found

    def _documents_to_name(self) -> list[Paper]:
        """The first and the last hidden one, and a few that are shown, first those that an act has ended."""
        shown = sorted((paper for paper in self.papers if paper.hidden is None), key=lambda paper: paper.current)
        hidden = [paper for paper in self.papers if paper.hidden]
        return [*shown[:_MOST_SHOWN], *hidden[:1], *hidden[1:][-1:]]

    def _addressees(self) -> tuple[str, ...]:
        """A minor's addresses may be a parent's."""
        return {
            "representative": ("holder", "representative"),
            "holder": ("holder",),
            "carer": ("carer",),
        }.get(self.reader.who, ())

    def _report(self, found: list[str]) -> str:
        acts = "\n  ".join(self.acts)
        lines = "\n  ".join(found[:_MOST_LINES])
        type(self).failed_at = type(self).failed_at or type(self).examples
        return f"{self.reader}, example {type(self).failed_at}; acts:\n  {acts}\ndiffers (first | second):\n  {lines}"


def _ask_both(observers: list[Observer], asks: Sequence[Ask], documents: list[Paper]) -> Iterator[list[RouteAnswers]]:
    """The answers about both worlds, asked at the same time."""
    with ThreadPoolExecutor(len(observers)) as pool:
        return pool.map(lambda observer: list(observer.ask_all(asks, documents)), observers)


@dataclass(frozen=True)
class ActTables:
    """The names of the acts that concern one reader, the hidden ones with what is hidden by them."""

    opened: tuple[str, ...]
    hidden: tuple[tuple[str, Hidden], ...]

    @classmethod
    def of(cls, reader: Reader) -> "ActTables":
        opened = [name for name in OPEN_ACTS if reader.name in ONLY_FOR.get(name, {reader.name})]
        if Hidden.MASKED in reader.hidden:
            # It shows what is masked.
            opened.remove("unmask_and_mask_emergencies")
        acts = (HIDDEN_ACTS | MIXED_ACTS).items()
        hidden = [(name, kind) for name, (_, kinds) in acts for kind in reader.hidden if kind in kinds]
        return cls(tuple(opened), tuple(hidden))


def machine_for(people: People, reader: Reader) -> type[TwoWorlds]:
    """The machine of one reader, with the acts that concern it."""
    tables = ActTables.of(reader)
    openings, hidings = st.integers(0, len(tables.opened) - 1), st.integers(0, len(tables.hidden) - 1)

    class Machine(TwoWorlds):
        @rule(opened=openings, hidden=hidings, number=_NUMBERS, place=_PLACES)
        def act(self, opened: int, hidden: int, number: int, place: int) -> None:
            self.act_in_turn(tables, opened, hidden, number, place)

    Machine.people, Machine.reader = people, reader
    return Machine
