"""`python -m bench --against COMMIT`: check out, start, measure, report."""

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from rich.console import Console

from bench.against.checkouts import GitCheckout, command_line, python_for
from bench.against.errors import CannotCompare
from bench.against.platforms import Platform
from bench.against.report import Comparison, show
from bench.against.rounds import OTHER, THIS, Side, measure_works, prepare_side
from bench.prepared import prepare
from bench.report import commit_of, here, keep
from deploy.dev.paths import CHECKOUT

FOLDER = CHECKOUT / "var" / "bench-against"
_PORT_DISTANCE = 100
"""Between the base ports of both platforms."""


def compare(name: str, *, rounds: int, seconds: float, base_port: int, console: Console) -> None:
    """Measure this checkout and that of a commit in turn; print and store the result.

    Raises CannotCompare if nothing was measured.
    """
    repository = GitCheckout(CHECKOUT)
    commit = repository.commit(name)
    with ExitStack() as block:
        block.enter_context(_exclusive())
        console.print(f"… checkout of {commit}")
        other = block.enter_context(repository.worktree(commit, FOLDER / "checkout"))
        sides = _start(block, other, base_port, console)
        found = Comparison(
            at=datetime.now(UTC),
            this=commit_of(CHECKOUT),
            other=commit,
            machine=here(),
            seconds=seconds,
            lines=uvloop.run(
                measure_works(
                    sides, rounds=rounds, seconds=seconds, on_progress=lambda what: console.print(f"… {what}")
                )
            ),
        )
    show(found, console)
    kept = keep(found, found.at, f"{found.this}-against-{found.other}")
    console.print(f"kept: {kept.relative_to(CHECKOUT)}")


def _start(block: ExitStack, other: Path, base_port: int, console: Console) -> dict[str, Side]:
    """Start both platforms for the duration of `block`, and prepare what is measured."""
    platforms = {
        THIS: _platform(CHECKOUT, THIS, base_port),
        OTHER: _platform(other, OTHER, base_port + _PORT_DISTANCE),
    }
    for platform in platforms.values():
        platform.clear()
    for platform in platforms.values():
        platform.check_ports()
    for which, platform in platforms.items():
        console.print(f"… platform of {which} checkout")
        block.enter_context(platform.up())
    return {which: _prepare(platform) for which, platform in platforms.items()}


def _platform(checkout: Path, which: str, base_port: int) -> Platform:
    return Platform(checkout, command_line(checkout, python_for(checkout, CHECKOUT)), FOLDER / which, base_port)


def _prepare(platform: Platform) -> Side:
    """Prepare a platform over HTTP and SQL, with this checkout's code for both."""
    description = platform.description
    prepared = prepare(
        gateway=description["gateway"],
        mailbox=description["mailbox"],
        cards=Path(description["cards"]),
        records_url=description["postgres"]["records"],
    )
    return prepare_side(prepared, platform.pids)


@contextmanager
def _exclusive() -> Iterator[None]:
    """Concurrent runs would remove each other's checkout."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotCompare(f"another comparison is under way in {FOLDER}") from None
        yield
