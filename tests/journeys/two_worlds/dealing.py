"""Which acts an example does, and in which order: dealt from the tables of acts as cards are from a deck."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice
from math import ceil
from random import Random
from typing import TypeVar

from tests.journeys.two_worlds.hidden_acts import HIDDEN_ACTS, MIXED_ACTS
from tests.journeys.two_worlds.open_acts import ONLY_FOR, OPEN_ACTS
from tests.journeys.two_worlds.readers import Hidden, Reader

T = TypeVar("T")

ENOUGH = 2
"""Examples that do every act."""
_TURNS = 14
_VARIANTS = 8
_PLACES = 12


@dataclass(frozen=True)
class Turn:
    """An open act and the hidden ones after it; `number` chooses among their variants, `place` among documents."""

    opened: str
    hidden: tuple[tuple[str, Hidden], ...]
    number: int
    place: int


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


def turns_of(reader: Reader, example: int, seed: int) -> Iterator[Turn]:
    """The turns of one example, numbered from 0: the same each time, and each act once before any is done again."""
    tables, decks, variants = ActTables.of(reader), Random(f"{seed} {reader}"), Random(f"{seed} {reader} {example}")
    first, most = example * _TURNS, ceil(len(tables.hidden) / (ENOUGH * _TURNS))
    opened = _dealt(tables.opened, decks.getrandbits(32), first, _TURNS)
    hidden = _dealt(tables.hidden, decks.getrandbits(32), first * most, _TURNS * most)
    for name in opened:
        secret = tuple(islice(hidden, most))
        yield Turn(name, secret, variants.randrange(_VARIANTS), variants.randrange(_PLACES))


def _dealt(table: Sequence[T], seed: int, first: int, number: int) -> Iterator[T]:
    """So many rows from the table, which is shuffled again each time that it has been dealt out."""
    shuffles = Random(seed)
    rounds = (shuffles.sample(table, len(table)) for _ in count())
    return islice(chain.from_iterable(rounds), first, first + number)
