"""Steps run in parallel where their dependencies allow it, and one failure ends the run."""

import threading

import pytest

from deploy.dev.steps import Step, run_steps


def test_a_step_runs_after_those_it_needs() -> None:
    order: list[str] = []
    steps = [
        Step("last", lambda: order.append("last"), frozenset({"middle"})),
        Step("middle", lambda: order.append("middle"), frozenset({"first"})),
        Step("first", lambda: order.append("first")),
    ]
    announced: list[str] = []
    run_steps(steps, lambda name, _seconds: announced.append(name), threading.Event())
    assert order == announced == ["first", "middle", "last"]


def test_steps_without_needs_run_together() -> None:
    both, met = threading.Barrier(2, timeout=10), list[int]()

    def meet() -> None:
        met.append(both.wait())

    run_steps([Step("one", meet), Step("two", meet)], lambda _name, _seconds: None, threading.Event())
    assert sorted(met) == [0, 1]


def test_a_failure_cancels_the_others_and_starts_no_more() -> None:
    cancelled, order = threading.Event(), list[str]()

    def fail() -> None:
        raise ValueError("no")

    def wait() -> None:
        cancelled.wait(10)

    steps = [
        Step("broken", fail),
        Step("waiting", wait),
        Step("never", lambda: order.append("never"), frozenset({"waiting"})),
    ]
    with pytest.raises(ValueError, match="no"):
        run_steps(steps, lambda _name, _seconds: None, cancelled)
    assert cancelled.is_set()
    assert order == []


def test_a_dependency_outside_the_run_is_ignored() -> None:
    done: list[str] = []
    run_steps(
        [Step("alone", lambda: done.append("alone"), frozenset({"elsewhere"}))],
        lambda _name, _seconds: None,
        threading.Event(),
    )
    assert done == ["alone"]
