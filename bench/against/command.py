"""`python -m bench --against COMMIT`: from a name of a commit to the table."""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from rich.console import Console

from bench.against.checkouts import Repository, command_line, python_for
from bench.against.errors import CannotCompare
from bench.against.platforms import Platform
from bench.against.report import Comparison, show
from bench.against.rounds import OTHER, THIS, Side, lines, side
from bench.prepared import prepare
from bench.report import commit_of, here, keep
from deploy.dev.paths import CHECKOUT

FOLDER = CHECKOUT / "var" / "bench-against"
_APART = 100
"""Ports between the two platforms."""


def compare(name: str, *, rounds: int, seconds: float, base_port: int, console: Console) -> None:
    """Measure this checkout and that of a commit in turn, print, keep.

    Raises:
        CannotCompare: nothing was measured.
    """
    repository = Repository(CHECKOUT)
    commit = repository.commit(name)
    with ExitStack() as block:
        block.enter_context(_alone())
        console.print(f"… checkout of {commit}")
        other = block.enter_context(repository.worktree(commit, FOLDER / "checkout"))
        sides = _up(block, other, base_port, console)
        found = Comparison(
            at=datetime.now(UTC),
            this=commit_of(CHECKOUT),
            other=commit,
            machine=here(),
            seconds=seconds,
            lines=uvloop.run(
                lines(sides, rounds=rounds, seconds=seconds, told=lambda what: console.print(f"… {what}"))
            ),
        )
    show(found, console)
    kept = keep(found, found.at, f"{found.this}-against-{found.other}")
    console.print(f"kept: {kept.relative_to(CHECKOUT)}")


def _up(block: ExitStack, other: Path, base_port: int, console: Console) -> dict[str, Side]:
    """Both platforms, up for as long as the block, with what is measured."""
    platforms = {
        THIS: _platform(CHECKOUT, THIS, base_port),
        OTHER: _platform(other, OTHER, base_port + _APART),
    }
    for platform in platforms.values():
        platform.clear()
    for platform in platforms.values():
        platform.check_ports()
    for which, platform in platforms.items():
        console.print(f"… platform of {which} checkout")
        block.enter_context(platform.up())
    return {which: _prepared(platform) for which, platform in platforms.items()}


def _platform(checkout: Path, which: str, base_port: int) -> Platform:
    return Platform(checkout, command_line(checkout, python_for(checkout, CHECKOUT)), FOLDER / which, base_port)


def _prepared(platform: Platform) -> Side:
    """Over HTTP and SQL, by this checkout's code for both."""
    facts = platform.facts
    prepared = prepare(
        gateway=facts["gateway"],
        mailbox=facts["mailbox"],
        cards=Path(facts["cards"]),
        records_url=facts["postgres"]["records"],
    )
    return side(prepared, platform.pids)


@contextmanager
def _alone() -> Iterator[None]:
    """Two runs at once would take each other's checkout away."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotCompare(f"another comparison is under way in {FOLDER}") from None
        yield
