"""Work that would hold the whole process (password hashing) goes to a real thread."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import eventlet
from eventlet import tpool

P = ParamSpec("P")
R = TypeVar("R")


def offload(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run in a native thread while other units of work go on; the result or error comes back here."""
    result: R = tpool.execute(work, *args, **kwargs)
    return result


def begin(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Callable[[], R]:
    """As `offload`, while the caller goes on too; what is returned waits for the result or error."""
    waiting: Callable[[], R] = eventlet.spawn(tpool.execute, work, *args, **kwargs).wait
    return waiting
