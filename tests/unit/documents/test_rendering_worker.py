"""A rendering worker by itself: it answers one request after the other, says nothing of an error, and is limited."""

import ctypes
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from threading import Thread
from time import monotonic
from uuid import uuid4

import msgspec
import psutil
import pytest

from contracts.vocabulary import ContentId, PatientId
from samples.heavy import cited_narrative
from services.documents.rendering import forking, worker
from services.documents.rendering.messages import RenderingReply, RenderingRequest
from services.documents.rendering.processes import WorkerEndedError, WorkerTemplate
from services.documents.rendering.turns import HEAVY_BYTES
from services.documents.rendering.workers import RenderingWorkers
from services.documents.settings import RenderingSettings
from tests.support.waiting import wait_until
from tests.unit.documents.narratives import cda
from tests.unit.documents.specimens import vsm

MEMORY = 144_000_000
_PR_SET_CHILD_SUBREAPER = 36


@pytest.fixture
def template() -> Iterator[WorkerTemplate]:
    template = WorkerTemplate(3, MEMORY)
    yield template
    template.end()


def request_for(document: bytes, *, is_page: bool = True) -> RenderingRequest:
    return RenderingRequest(size=len(document), language="fr", is_page=is_page)


def encoded(document: bytes, *, is_page: bool = True) -> bytes:
    return msgspec.json.encode(request_for(document, is_page=is_page)) + b"\n" + document


def answers(requests: bytes, memory: int = MEMORY) -> list[tuple[RenderingReply, bytes]]:
    """Of one worker, until its standard input ends."""
    ours, theirs = socket.socketpair()
    control, forks = socket.socketpair()

    def send() -> None:
        ours.sendall(requests)
        ours.shutdown(socket.SHUT_WR)

    with ours, control:
        with theirs, forks:
            command = (sys.executable, "-m", forking.__name__, "3", str(memory))
            process = subprocess.Popen(command, stdin=forks.fileno())
            socket.send_fds(control, [b"\0"], [theirs.fileno()])
        writer = Thread(target=send)
        writer.start()
        replies = BytesIO(ours.makefile("rb").read())
        writer.join()
    assert process.wait() == 0
    assert int(replies.readline()) != process.pid
    found = []
    while line := replies.readline():
        reply = msgspec.json.decode(line, type=RenderingReply)
        found.append((reply, replies.read(reply.size)))
    return found


def test_a_worker_answers_one_request_after_the_other_until_its_input_ends() -> None:
    page, data, refused, last = answers(
        encoded(cda("un"))
        + encoded(cda("deux"), is_page=False)
        + encoded(b"<a")
        + encoded(cda("trois"))
        + encoded(b"cut")[:-1]
    )
    assert page[0].media_type.startswith("text/html") and "un" in page[1].decode()
    assert (data[0].media_type, data[1]) == ("application/json", b"{}")
    assert refused == (RenderingReply(refused=True), b"")
    assert "trois" in last[1].decode()


def test_a_worker_is_killed_by_the_system_after_its_processor_time() -> None:
    code = f"from {worker.__name__} import limit_processor_time as limit\nlimit(0)\nwhile True: pass"
    assert subprocess.run((sys.executable, "-c", code), check=False).returncode == -signal.SIGXCPU


def test_a_worker_imports_neither_what_reaches_others_nor_what_knows_secrets() -> None:
    code = f"import sys, {forking.__name__}\nprint(*sys.modules)"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, check=True, text=True)
    loaded = set(done.stdout.split())
    assert not {"nameko", "eventlet", "sqlalchemy", "minio", "chassis.settings"} & loaded
    assert not {name for name in loaded if name.startswith("services.documents.keepers")}


def test_an_unexpected_error_is_named_with_its_place_and_nothing_of_its_text() -> None:
    document = cda("x")
    request = RenderingRequest(size=len(document), language="unknown", is_page=True)
    [(reply, body)] = answers(msgspec.json.encode(request) + b"\n" + document)
    assert (body, reply.error, reply.ends) == (b"", "KeyError", True)
    assert reply.where.startswith("translations.catalogue:")


def test_a_long_narrative_is_rendered_in_the_memory_of_four_copies() -> None:
    document = cited_narrative(vsm(), 100, 4_850_000)
    # A template has 36 MB of address space.
    [(reply, page)] = answers(encoded(document), memory=60_000_000)
    assert reply.media_type.startswith("text/html") and len(page) > 4_850_000


def test_each_worker_has_a_connection_of_its_own(template: WorkerTemplate) -> None:
    end = monotonic() + 10
    first, second = template.fork(end), template.fork(end)
    for worker_of_two, text in ((second, "deux"), (first, "un")):
        document = cda(text)
        reply = worker_of_two.ask(request_for(document), [document], end)
        assert text in b"".join(worker_of_two.body(reply, end)).decode()
    first.end()
    assert second.is_alive()
    second.end()


def test_a_template_that_has_ended_forks_no_worker(template: WorkerTemplate) -> None:
    template.end()
    with pytest.raises(WorkerEndedError):
        template.fork(monotonic() + 10)


def test_there_are_never_more_workers_than_are_set_and_none_keeps_the_memory_of_a_large_document() -> None:
    rendering = RenderingWorkers(RenderingSettings(rendering_workers=2))
    counts: list[int] = []

    def count() -> int:
        return len(psutil.Process().children(recursive=True)) - templates

    def render(document: bytes, inner: Iterable[bytes] = ()) -> None:
        def frames() -> Iterator[bytes]:
            # While this worker has its document half, others may be rendered.
            yield document[:100]
            for other in inner:
                render(other)
            counts.append(count())
            yield document[100:]

        rendering.render(request_for(document), frames(), PatientId(uuid4()), ContentId(uuid4()))

    templates = len(psutil.Process().children(recursive=True)) + 1
    light, heavy, largest = cda("x"), cda("x" * HEAVY_BYTES), cda("x" * 4_900_000)
    render(light)
    assert (counts, count()) == ([1], 1)
    render(heavy, inner=[light])
    assert (counts[1:], count()) == ([2, 2], 2)
    render(largest, inner=[light])
    assert (counts[3:], count()) == ([2, 2], 1)


def test_a_template_is_started_once_and_replaced_while_it_ends() -> None:
    command = (sys.executable, "-W", "ignore", "-m", "tests.unit.documents.greenlets")
    assert subprocess.run(command, check=False, timeout=120).returncode == 0


@pytest.fixture
def adopting() -> Iterator[None]:
    """Workers whose template has ended are this process's, as they are the service's where it is a container's."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    yield
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 0)


def test_a_worker_that_has_ended_is_not_alive_though_nobody_asked_for_its_end(
    adopting: None, template: WorkerTemplate
) -> None:
    before = set(psutil.Process().children(recursive=True))
    forked = template.fork(monotonic() + 10)
    [process] = {*psutil.Process().children(recursive=True)} - before
    template.end()
    process.send_signal(signal.SIGKILL)
    wait_until(lambda: process.status() == psutil.STATUS_ZOMBIE, "it has ended")
    assert not forked.is_alive()
    forked.end()
    process.wait()
