"""Work that would block the whole process (password hashing) runs on a native thread."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import eventlet
from eventlet import tpool

P = ParamSpec("P")
R = TypeVar("R")


def offload(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result or error of a function that runs on a native thread while other units of work go on."""
    result: R = tpool.execute(work, *args, **kwargs)
    return result


def begin(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Callable[[], R]:
    """As `offload`, while the caller goes on too; the function returned waits for the result or error."""
    wait: Callable[[], R] = eventlet.spawn(tpool.execute, work, *args, **kwargs).wait
    return wait
