"""Statistics of a comparison: medians, ratios within rounds, confidence interval, verdict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, inf
from statistics import median

import msgspec

SLOWER, FASTER, SAME, INCONCLUSIVE = "slower", "faster", "the same within noise", "too few rounds to tell"

_CONFIDENCE = 0.95


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One side in one round: time in ms, rate in requests a second, processor time in ms a request."""

    p50: float
    rate: float
    cpu: float


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides, measured one right after the other."""

    this: Sample
    other: Sample


class MeasuredWork(msgspec.Struct, frozen=True, kw_only=True):
    """One work at one number of clients, in all rounds."""

    work: str
    clients: int
    rounds: list[Round]


@dataclass(frozen=True)
class Measure:
    """One figure of a sample."""

    name: str
    of: Callable[[Sample], float]
    more_is_slower: bool


@dataclass(frozen=True)
class MeasureComparison:
    """One measure of one work: medians of both sides, ratio this / other with its interval, verdict."""

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


def compare_measure(work: MeasuredWork, measure: Measure) -> MeasureComparison:
    this = [measure.of(pair.this) for pair in work.rounds]
    other = [measure.of(pair.other) for pair in work.rounds]
    # Other load on the machine affects both sides of a round, so ratios are taken within rounds.
    ratios = [_ratio(*pair) for pair in zip(this, other, strict=True)]
    low, high, is_conclusive = interval(ratios)
    return MeasureComparison(
        measure=measure.name,
        this=median(this),
        other=median(other),
        ratio=median(ratios),
        low=low,
        high=high,
        verdict=verdict(low, high, more_is_slower=measure.more_is_slower) if is_conclusive else INCONCLUSIVE,
    )


def _ratio(this: float, other: float) -> float:
    """Processor time has a resolution of 10 ms, so a short measure may be zero."""
    if other:
        return this / other
    return inf if this else 1.0


def interval(ratios: Sequence[float]) -> tuple[float, float, bool]:
    """The 95 % confidence interval of the median ratio, and whether there are enough rounds for it.

    Distribution-free: the median lies outside the k-th smallest and the k-th largest ratio as often as a fair coin
    shows fewer than k heads, or fewer than k tails.
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
    """Whether this checkout is slower or faster, from the interval of ratios."""
    if low <= 1 <= high:
        return SAME
    return SLOWER if (low > 1) == more_is_slower else FASTER
