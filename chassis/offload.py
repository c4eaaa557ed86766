"""Work that would block the whole process (password hashing) runs on a native thread."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from eventlet import tpool

P = ParamSpec("P")
R = TypeVar("R")


def offload(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result or error of a function that runs on a native thread while other units of work go on."""
    result: R = tpool.execute(work, *args, **kwargs)
    return result
