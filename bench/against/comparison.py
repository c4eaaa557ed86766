"""The arithmetic of a comparison: medians, ratios of rounds, the interval of their median, and what it says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, inf
from statistics import median

import msgspec

SLOWER, FASTER, SAME, UNKNOWN = "slower", "faster", "the same within noise", "too few rounds to tell"

_CONFIDENCE = 0.95


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One side in one round. Times in milliseconds, rate in requests a second, `cpu` a request."""

    p50: float
    rate: float
    cpu: float


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides, one right after the other."""

    this: Sample
    other: Sample


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One work at one number of clients, in all its rounds."""

    work: str
    clients: int
    rounds: list[Round]


@dataclass(frozen=True)
class Measure:
    """One of the figures of a sample."""

    name: str
    of: Callable[[Sample], float]
    more_is_slower: bool


@dataclass(frozen=True)
class Compared:
    """One measure of one line: the medians of both sides, the ratio this / other, and between what it lies."""

    measure: str
    this: float
    other: float
    ratio: float
    low: float
    high: float
    verdict: str


MEASURES = (
    Measure("p50 ms", lambda sample: sample.p50, more_is_slower=True),
    Measure("/s", lambda sample: sample.rate, more_is_slower=False),
    Measure("processor ms", lambda sample: sample.cpu, more_is_slower=True),
)


def compared(line: Line, measure: Measure) -> Compared:
    """What the rounds say of one measure."""
    this = [measure.of(one.this) for one in line.rounds]
    other = [measure.of(one.other) for one in line.rounds]
    # What the machine does meanwhile hits both sides of a round, so ratios are taken within rounds.
    ratios = [_ratio(*pair) for pair in zip(this, other, strict=True)]
    low, high, is_sure = interval(ratios)
    return Compared(
        measure=measure.name,
        this=median(this),
        other=median(other),
        ratio=median(ratios),
        low=low,
        high=high,
        verdict=verdict(low, high, more_is_slower=measure.more_is_slower) if is_sure else UNKNOWN,
    )


def _ratio(this: float, other: float) -> float:
    """The clock of processor time stands still for 10 ms at a time, so a short measure may have seen none."""
    if other:
        return this / other
    return inf if this else 1.0


def interval(ratios: Sequence[float]) -> tuple[float, float, bool]:
    """Between which two rounds the true median lies with 95 % confidence, and whether that many rounds can say so.

    By their order alone: it lies outside the k-th smallest and the k-th largest as often as a fair coin shows fewer
    than k heads, or fewer than k tails. No assumption on how the machine's noise is spread is needed.
    """
    ordered = sorted(ratios)
    count = len(ordered)
    outside, k = 0.0, 0
    while k < count // 2 and outside + 2 * comb(count, k) / 2**count <= 1 - _CONFIDENCE:
        outside += 2 * comb(count, k) / 2**count
        k += 1
    dropped = max(k - 1, 0)
    return ordered[dropped], ordered[count - 1 - dropped], k > 0


def verdict(low: float, high: float, *, more_is_slower: bool) -> str:
    """What an interval of ratios says of this checkout."""
    if low <= 1 <= high:
        return SAME
    return SLOWER if (low > 1) == more_is_slower else FASTER
