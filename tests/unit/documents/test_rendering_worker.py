"""A rendering worker by itself: it answers one request after the other, says nothing of an error, and is limited."""

import signal
import subprocess
import sys
from io import BytesIO

import msgspec

from services.documents.rendering import worker
from services.documents.rendering.messages import RenderingReply, RenderingRequest
from tests.unit.documents.narratives import cda


def encoded(document: bytes, *, is_page: bool = True) -> bytes:
    request = RenderingRequest(size=len(document), language="fr", is_page=is_page)
    return msgspec.json.encode(request) + b"\n" + document


def answers(requests: bytes) -> list[tuple[RenderingReply, bytes]]:
    """Of a process, until its standard input ends."""
    command = (sys.executable, "-m", worker.__name__, "3", "144000000")
    replies = BytesIO(subprocess.run(command, input=requests, capture_output=True, check=True).stdout)
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
    code = f"import sys, {worker.__name__}\nprint(*sys.modules)"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, check=True, text=True)
    loaded = set(done.stdout.split())
    assert not {"nameko", "eventlet", "sqlalchemy", "minio", "chassis.settings", "socket"} & loaded
    assert not {name for name in loaded if name.startswith("services.documents.keepers")}


def test_an_unexpected_error_is_named_with_its_place_and_nothing_of_its_text() -> None:
    document = cda("x")
    request = RenderingRequest(size=len(document), language="unknown", is_page=True)
    [(reply, body)] = answers(msgspec.json.encode(request) + b"\n" + document)
    assert (body, reply.error, reply.ends) == (b"", "KeyError", True)
    assert reply.where.startswith("translations.catalogue:")
