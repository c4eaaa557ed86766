"""Statistics of a comparison: ratios within rounds, the interval of their median, and verdicts."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.against.comparison import (
    FASTER,
    INCONCLUSIVE,
    MEASURES,
    SAME,
    SLOWER,
    MeasuredWork,
    Round,
    Sample,
    compare_measure,
    interval,
    verdict,
)
from bench.against.rounds import OTHER, THIS, order_of

P50, _, CPU = MEASURES


def work(*pairs: tuple[float, float]) -> MeasuredWork:
    """A work whose rounds took these times in ms (this checkout, other); rate and processor time follow from them."""
    rounds = [Round(this=sample(this), other=sample(other)) for this, other in pairs]
    return MeasuredWork(work="list", clients=1, rounds=rounds)


def sample(milliseconds: float) -> Sample:
    return Sample(p50=milliseconds, rate=1000 / milliseconds, cpu=milliseconds / 2)


def test_sides_are_reported_by_medians_and_compared_within_rounds() -> None:
    # Other load slowed down both sides of the second round.
    found = compare_measure(work((2, 4), (20, 40), (3, 6)), P50)
    assert (found.this, found.other, found.ratio) == (3, 6, 0.5)
    assert (found.low, found.high) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("rounds", "dropped", "is_conclusive"),
    [(1, 0, False), (5, 0, False), (6, 0, True), (8, 0, True), (9, 1, True), (11, 1, True), (12, 2, True)],
)
def test_the_interval_leaves_out_as_many_rounds_as_95_percent_allow(
    rounds: int, dropped: int, is_conclusive: bool
) -> None:
    ratios = [1 + number / 100 for number in range(rounds)]
    assert interval(ratios[::-1]) == (ratios[dropped], ratios[rounds - 1 - dropped], is_conclusive)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=40))
def test_the_median_lies_within(ratios: list[float]) -> None:
    low, high, _ = interval(ratios)
    assert low <= sorted(ratios)[(len(ratios) - 1) // 2] <= high


@pytest.mark.parametrize(
    ("low", "high", "of_times", "of_rates"),
    [(1.01, 1.2, SLOWER, FASTER), (0.8, 0.99, FASTER, SLOWER), (0.9, 1.1, SAME, SAME), (1, 1.2, SAME, SAME)],
)
def test_a_verdict_needs_the_whole_interval_on_one_side(
    low: float, high: float, of_times: str, of_rates: str
) -> None:
    assert verdict(low, high, more_is_slower=True) == of_times
    assert verdict(low, high, more_is_slower=False) == of_rates


@pytest.mark.parametrize(("this", "expected"), [(11, SLOWER), (9, FASTER), (10, SAME)])
def test_all_measures_of_the_same_rounds_say_the_same(this: float, expected: str) -> None:
    assert {compare_measure(work(*[(this, 10)] * 6), measure).verdict for measure in MEASURES} == {expected}


def test_five_rounds_say_nothing() -> None:
    assert compare_measure(work(*[(20, 10)] * 5), P50).verdict == INCONCLUSIVE


@pytest.mark.parametrize(("this", "ratio"), [(0.0, 1.0), (1.0, inf)])
def test_no_processor_time_at_all_is_no_division_by_it(this: float, ratio: float) -> None:
    both = Round(this=Sample(p50=1, rate=1, cpu=this), other=Sample(p50=1, rate=1, cpu=0))
    assert compare_measure(MeasuredWork(work="list", clients=1, rounds=[both]), CPU).ratio == ratio


def test_each_side_is_first_every_other_round() -> None:
    assert [order_of(number) for number in range(3)] == [(THIS, OTHER), (OTHER, THIS), (THIS, OTHER)]
