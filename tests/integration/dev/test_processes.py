"""Processes run in their own groups, are awaited, recorded and stopped; no other process is ever signalled."""

import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.dev.errors import Cancelled, PartFailed
from deploy.dev.paths import Layout
from deploy.dev.pids import ProcessIdentity, identify
from deploy.dev.processes import Command, Processes


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path)
    layout.prepare()
    return layout


@pytest.fixture
def processes(layout: Layout) -> Iterator[Processes]:
    processes = Processes(layout)
    yield processes
    processes.stop_all()


def python(name: str, code: str, rank: int = 0, patience: float = 5.0) -> Command:
    return Command(name, (sys.executable, "-c", code), {"PATH": "/usr/bin:/bin"}, rank=rank, patience=patience)


def staying(name: str, rank: int = 0) -> Command:
    return python(name, "import time; print('up', flush=True); time.sleep(600)", rank)


def is_up(layout: Layout, name: str) -> bool:
    return "up" in layout.log_of(name).read_text()


def identity_of(processes: Processes, name: str) -> ProcessIdentity:
    return next(record.identity for record in processes.records() if record.name == name)


def test_a_process_gets_exactly_the_environment_given(processes: Processes, layout: Layout) -> None:
    processes.run(
        dataclasses.replace(
            python("env", "import os, json; print(json.dumps(dict(os.environ)))"),
            environment={"CARNET_SERVICE": "env"},
        )
    )
    environment = json.loads(layout.log_of("env").read_text())
    assert {name for name in environment if name != "LC_CTYPE"} == {"CARNET_SERVICE"}


def test_a_failure_reports_the_last_log_lines(processes: Processes) -> None:
    with pytest.raises(PartFailed, match=r"broken ended with code 3(.|\n)*the reason"):
        processes.run(python("broken", "print('the reason', flush=True); raise SystemExit(3)"))


def test_waiting_for_a_process_that_ended_fails_at_once(processes: Processes) -> None:
    processes.start(python("gone", "raise SystemExit(4)"))
    with pytest.raises(PartFailed, match="gone ended with code 4"):
        processes.wait_until("gone", lambda: False, seconds=60)


def test_a_process_that_is_never_ready_fails_in_time(processes: Processes) -> None:
    processes.start(staying("slow"))
    with pytest.raises(PartFailed, match="slow was not ready"):
        processes.wait_until("slow", lambda: False, seconds=0.2)


def test_a_cancelled_start_starts_nothing(processes: Processes) -> None:
    processes.cancelled.set()
    with pytest.raises(Cancelled):
        processes.start(staying("late"))
    assert processes.records() == []


@pytest.mark.parametrize(
    "start",
    [
        "sleep 600 & echo $!",
        "setsid sleep 600 & echo $!",
        "(sleep 600 & echo $!)",
        "setsid sh -c 'sleep 600 & echo $!; wait' &",
    ],
    ids=["child", "leader of its own group", "orphan", "grandchild"],
)
def test_stopping_ends_the_whole_family(processes: Processes, layout: Layout, start: str) -> None:
    family = Command("parent", ("/bin/sh", "-c", f"{start}\nwait; sleep 600"), {"PATH": "/usr/bin:/bin"})
    processes.start(family)
    processes.wait_until("parent", lambda: layout.log_of("parent").read_text().endswith("\n"), seconds=20)
    member = identify(int(layout.log_of("parent").read_text()))
    assert member.is_alive()
    processes.stop("parent")
    assert not member.is_alive()
    assert processes.records() == []


def test_a_process_that_ignores_the_stop_signal_is_killed(processes: Processes, layout: Layout) -> None:
    code = (
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(600)"
    )
    processes.start(python("stubborn", code, patience=0.3))
    processes.wait_until("stubborn", lambda: is_up(layout, "stubborn"), seconds=20)
    identity = identity_of(processes, "stubborn")
    assert processes.stop_all() == ["stubborn"]
    assert not identity.is_alive()


def test_higher_ranks_are_stopped_first(processes: Processes) -> None:
    for name, rank in (("server", 1), ("service", 2), ("backend", 0)):
        processes.start(staying(name, rank))
    assert processes.stop_all() == ["service", "server", "backend"]


def test_a_later_supervisor_stops_what_an_earlier_one_left(processes: Processes, layout: Layout) -> None:
    processes.start(staying("left"))
    identity = identity_of(processes, "left")
    assert Processes(layout).stop_all() == ["left"]
    assert not identity.is_alive()


def test_a_recycled_pid_is_never_signalled(processes: Processes, layout: Layout) -> None:
    processes.start(staying("stranger"))
    identity = identity_of(processes, "stranger")
    record = next(layout.run.glob("*.json"))
    content = json.loads(record.read_text()) | {"birth": "another boot:1"}
    record.write_text(json.dumps(content))
    assert Processes(layout).stop_all() == []
    assert identity.is_alive()
    record.write_text(json.dumps(content | {"birth": identity.birth}))


def test_a_killed_process_is_not_reported_as_ended(processes: Processes) -> None:
    processes.start(staying("victim"))
    identity = identity_of(processes, "victim")
    processes.kill("victim")
    assert not identity.is_alive()
    assert processes.ended() == {}


def test_an_unexpected_end_is_reported_once(processes: Processes) -> None:
    processes.start(python("short", "raise SystemExit(7)"))
    identity_of(processes, "short").wait_for_end(20)
    assert processes.ended() == {"short": 7}
    assert processes.ended() == {}
