"""A process that renders one document after the other.

It is given plain bytes of one document at a time and nothing else: no settings, no keys, no connections. It ends when
its standard input does, which is when the service ends.
"""

import os
from contextlib import suppress
from pathlib import Path
from resource import (
    RLIM_INFINITY,
    RLIMIT_AS,
    RLIMIT_CORE,
    RLIMIT_CPU,
    RLIMIT_FSIZE,
    RUSAGE_SELF,
    getrusage,
    setrlimit,
)
from typing import BinaryIO

import msgspec

from contracts.errors.execution import NotRenderable
from services.documents.rendering.messages import RenderingReply, RenderingRequest
from services.documents.rendering.pages import clinical_data_page, page_of

_NICENESS = 10
"""Other units of work are served first."""
_MOST_KEPT_KIB = 32 * 1024
"""A worker that once had more memory than this, of which it shares half, ends: little of it returns to the system."""
_decode = msgspec.json.Decoder(RenderingRequest).decode


def serve(requests: BinaryIO, replies: BinaryIO, seconds: int) -> None:
    """Answer until the requests end, or the memory of one was large; `seconds` of processor time for each."""
    while line := requests.readline():
        limit_processor_time(seconds)
        try:
            body, reply = _rendered(_decode(line), requests)
        except EOFError:
            return
        replies.write(msgspec.json.encode(reply) + b"\n")
        replies.write(body)
        replies.flush()
        if reply.ends:
            return


def _rendered(request: RenderingRequest, requests: BinaryIO) -> tuple[bytes, RenderingReply]:
    try:
        # No name here, so that what renders it can free it.
        if request.is_page:
            page = page_of(_received(requests, request.size), request.language)
        else:
            page = clinical_data_page(_received(requests, request.size))
    except NotRenderable:
        return b"", RenderingReply(refused=True, ends=_is_large())
    except (EOFError, MemoryError):
        raise
    except Exception as error:
        return b"", RenderingReply(error=type(error).__name__, where=_where(error), ends=True)
    reply = RenderingReply(size=len(page.body), media_type=page.media_type, policy=page.policy, ends=_is_large())
    return page.body, reply


def _received(requests: BinaryIO, size: int) -> bytes:
    plain = requests.read(size)
    if len(plain) < size:
        raise EOFError
    return plain


def _where(error: BaseException) -> str:
    """The innermost frame, as `module:line`."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}" if trace else ""


def _is_large() -> bool:
    # Not ru_maxrss, which begins with that of the service.
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) > _MOST_KEPT_KIB


def limit_processor_time(seconds: int) -> None:
    """Let the system kill the process after `seconds` to `seconds + 1` more of processor time."""
    used = getrusage(RUSAGE_SELF)
    setrlimit(RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, RLIM_INFINITY))


def work(seconds: int, memory: int) -> None:
    """Serve standard input and output within `memory` bytes of address space; the process's id is said first."""
    os.nice(_NICENESS)
    setrlimit(RLIMIT_CORE, (0, 0))
    setrlimit(RLIMIT_FSIZE, (0, 0))
    setrlimit(RLIMIT_AS, (memory, memory))
    # The service has ended if its end of the connection is closed.
    with suppress(BrokenPipeError), open(0, "rb", closefd=False) as requests, open(1, "wb", closefd=False) as replies:
        # The service reads and writes without blocking, and its end of the connection was made like this one.
        os.set_blocking(requests.fileno(), True)
        replies.write(b"%d\n" % os.getpid())
        replies.flush()
        serve(requests, replies, seconds)
