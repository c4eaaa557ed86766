"""One example: random acts in both worlds and hidden ones in the first; then the reader compares them."""

import itertools
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from tests.journeys.two_worlds.answers import differences
from tests.journeys.two_worlds.dealing import ENOUGH, Turn, turns_of
from tests.journeys.two_worlds.hidden_acts import ENDS, HIDDEN_ACTS, IN_PLACE_OF_HIDDEN, MIXED_ACTS, ON_HIDDEN
from tests.journeys.two_worlds.observing import Observer, RouteAnswers, compared
from tests.journeys.two_worlds.open_acts import (
    MARKS_IT,
    NEED_A_DOCUMENT,
    NOT_REPLACEABLE_AFTER,
    OPEN_ACTS,
    depositor_of,
)
from tests.journeys.two_worlds.readers import Hidden, Paper, Reader
from tests.journeys.two_worlds.routes import ARRIVING_ASKS, PROOFS, STATE_ASKS, Ask
from tests.journeys.two_worlds.streams import messages_to, settle
from tests.journeys.two_worlds.worlds import FIRST_DAY, ActStep, People, in_both, make_pair, outcome_of

EXAMPLES = int(os.environ.get("CARNET_TWO_WORLDS_EXAMPLES", str(ENOUGH)))
SEED = int(os.environ.get("CARNET_TWO_WORLDS_SEED", "0"))

_MOST_SHOWN = 2
_SETTLINGS = 3
_MOST_LINES = 60


class DealtExample:
    """One pair of worlds and one reader; `acts` are those done so far, as a report names them."""

    def __init__(self, people: People, reader: Reader) -> None:
        self.reader = reader
        self.pair = make_pair(people)
        self.papers: list[Paper] = []
        self.acts: list[str] = []
        self._places = itertools.count(0, 2)

    def run(self, number: int, seed: int) -> None:
        """Do the acts of this example; AssertionError, with the acts, if the reader is answered differently."""
        self._begin()
        for turn in turns_of(self.reader, number, seed):
            self.act_openly(turn.opened, turn)
            for name, kind in turn.hidden:
                self.act_secretly(name, kind, turn)
        found = self._compare()
        assert not found, self._report(found)

    def _begin(self) -> None:
        """Two documents, one in a folder, a hidden one of each kind, and a reader who may read."""
        in_both(self.pair, self.reader.admit)
        for number in range(2):
            self._act_openly("deposit", self._step(number))
        assert len(self.papers) == 2, self.acts
        self._act_openly("arrange", self._step(3, self.papers[0]))
        for kind in self.reader.hidden:
            self.act_secretly("deposit", kind, Turn("", (), 0, 0))

    def _step(self, number: int, paper: Paper | None = None) -> ActStep:
        new = next(self._places)
        document, shown = (-1, -1) if paper is None else (paper.place, paper.stands_for)
        return ActStep(number, document, new, FIRST_DAY + timedelta(minutes=new), shown)

    def _act_openly(self, name: str, step: ActStep) -> None:
        outcomes = in_both(self.pair, lambda world: outcome_of(partial(OPEN_ACTS[name], world, step)))
        self._note(f"{name}({step.number}, document {step.document})", outcomes[0])
        self._check_same(name, *outcomes)
        if step.new in self.pair.first.documents:
            by_hospital = name != "deposit" or depositor_of(step) == "hospital"
            self.papers.append(Paper(step.new, replaceable=by_hospital, marked=name in MARKS_IT))

    def _check_same(self, name: str, outcome: str, other: str) -> None:
        """An act ends alike in both worlds, or they are not comparable any more."""
        assert outcome == other, self._report([f"{name}: {outcome} | {other}"])

    def _note(self, act: str, outcome: str) -> None:
        self.acts.append(f"{act} -> {outcome}")

    def act_openly(self, name: str, turn: Turn) -> None:
        """Do an act in both worlds, if it finds a document that it needs."""
        shown = [paper for paper in self.papers if paper.hidden is None and paper.current]
        if name not in NEED_A_DOCUMENT:
            self._act_openly(name, self._step(turn.number))
        elif shown:
            paper = shown[turn.place % len(shown)]
            self._act_openly(name, self._step(turn.number, paper))
            paper.replaceable = paper.replaceable and name not in NOT_REPLACEABLE_AFTER
            paper.marked = paper.marked or name in MARKS_IT

    def act_secretly(self, name: str, kind: Hidden, turn: Turn) -> None:
        """Do an act in the first world, or in the second too what the reader sees of it."""
        papers = self._papers_for(name, kind)
        if not papers:
            return
        paper = papers[turn.place % len(papers)]
        step = self._step(turn.number, paper)
        act = (HIDDEN_ACTS | MIXED_ACTS)[name][0]
        outcome = outcome_of(partial(act, self.pair.first, step, kind))
        self._note(f"HIDDEN {kind.name} {name}({step.number}, document {step.document})", outcome)
        if name in MIXED_ACTS:
            self._check_same(name, outcome, outcome_of(partial(act, self.pair.second, step, kind)))
        self._file(name, kind, step, paper)

    def _papers_for(self, name: str, kind: Hidden) -> list[Paper]:
        if name in ON_HIDDEN | IN_PLACE_OF_HIDDEN.keys():
            hidden = [paper for paper in self.papers if paper.hidden is kind and paper.current]
            needs_shown = IN_PLACE_OF_HIDDEN.get(name)
            if needs_shown is None:
                return hidden
            hidden = [paper for paper in hidden if paper.replaceable and not paper.arranged]
            if needs_shown:
                return [paper for paper in hidden if paper.stands_for >= 0 and not paper.marked]
            return [paper for paper in hidden if paper.stands_for < 0]
        if name == "deposit_in_place_of_a_shown_one":
            return [paper for paper in self.papers if paper.hidden is None and paper.current and paper.replaceable]
        return [Paper(-1)]

    def _file(self, name: str, kind: Hidden, step: ActStep, paper: Paper) -> None:
        documents = self.pair.first.documents
        if name in ENDS:
            paper.current = False
        paper.arranged = paper.arranged or name == "arrange"
        stands_for = paper.stands_for if paper.hidden else paper.place
        if step.new in documents and name in MIXED_ACTS:
            self.papers.append(Paper(step.new, replaceable=name != "name_hidden"))
        elif step.new in documents:
            by_hospital = name != "replace_by_another"
            new = Paper(step.new, kind, replaceable=by_hospital, stands_for=stands_for, marked=paper.marked)
            new.arranged = paper.arranged
            self.papers.append(new)
        if step.new + 1 in documents:
            self.papers.append(Paper(step.new + 1, kind))

    def _compare(self) -> list[str]:
        documents = self._documents_to_name()
        observers = [Observer.of(world, self.reader) for world in self.pair.worlds]
        found = compared(*_ask_both(observers, STATE_ASKS, documents))
        found += self._compare_settled(observers, documents)
        addressees = self._addressees()
        messages = in_both(self.pair, lambda world: messages_to(world, *addressees) if addressees else [])
        return [*found, *differences(messages[0], messages[1], "messages")]

    def _compare_settled(self, observers: list[Observer], documents: list[Paper]) -> list[str]:
        """What differs in what arrives later; a difference must still be there when everything has settled again."""
        found: list[str] = []
        names = [dict(observer.normalizer.names) for observer in observers]
        for _ in range(_SETTLINGS):
            until = settle(self.pair, proven=PROOFS.is_for(self.reader.role))
            for observer, known in zip(observers, names, strict=True):
                observer.until = observer.until or until
                observer.normalizer.names = dict(known)
            found = compared(*_ask_both(observers, ARRIVING_ASKS, documents))
            if not found:
                break
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
        return f"{self.reader}; acts:\n  {acts}\ndiffers (first | second):\n  {lines}"


def _ask_both(observers: list[Observer], asks: Sequence[Ask], documents: list[Paper]) -> Iterator[list[RouteAnswers]]:
    """The answers about both worlds, asked at the same time."""
    with ThreadPoolExecutor(len(observers)) as pool:
        return pool.map(lambda observer: list(observer.ask_all(asks, documents)), observers)
