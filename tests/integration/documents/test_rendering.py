"""Pages and clinical data are made by workers: limited, one document at no other's cost, ended with the service."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import psutil
import pytest
import requests

from contracts.documents import ContentForm, Receipt
from samples.heavy import cited_narrative, media_references, multiplied_emphasis, repeated_picture
from tests.integration.documents.papers import document
from tests.integration.documents.stack import SERVICE, DocumentsStack, problem
from tests.support.waiting import wait_until
from tests.unit.documents.narratives import wrapping
from tests.unit.documents.specimens import vsm

HEAVY: dict[ContentForm, tuple[Callable[[], bytes], ...]] = {
    ContentForm.FACTS: (lambda: cited_narrative(vsm(), 2_000, 3_000_000),),
    ContentForm.PAGE: (
        lambda: cited_narrative(vsm(), 2_000, 3_000_000),
        lambda: media_references(vsm(), 4_000),
        lambda: repeated_picture(vsm(), 300, 800_000),
        lambda: multiplied_emphasis(vsm(), 80, 25_000),
    ),
}


@pytest.fixture
def restarted(stack: DocumentsStack) -> Iterator[DocumentsStack]:
    """The service, to be started by the test with settings of its own."""
    stack.stop()
    yield stack
    stack.stop()
    stack.start()


def templates(stack: DocumentsStack) -> list[psutil.Process]:
    """The process from which workers are forked."""
    return [child for child in psutil.Process(stack.pid(SERVICE)).children() if child.is_running()]


def workers(stack: DocumentsStack) -> list[psutil.Process]:
    forked = [child for template in templates(stack) for child in template.children()]
    return [child for child in forked if child.is_running()]


def page(stack: DocumentsStack, receipt: Receipt, form: ContentForm = ContentForm.PAGE) -> requests.Response:
    return stack.get(stack.download_ticket(receipt, form))


def renderings(stack: DocumentsStack, outcome: str) -> float:
    name = f'carnet_renderings_total{{outcome="{outcome}"}} '
    lines = requests.get(f"{stack.url}/metrics", timeout=10).text.splitlines()
    return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))


def test_a_page_is_made_by_a_worker_that_ends_with_its_template_when_it_is_idle(restarted: DocumentsStack) -> None:
    restarted.start(rendering_idle_seconds="1")
    receipt = restarted.deposit(vsm())
    assert templates(restarted) == []
    answer = page(restarted, receipt)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page(restarted, receipt, ContentForm.FACTS).content == b"{}"
    assert len(workers(restarted)) == 1
    wait_until(lambda: templates(restarted) == [], "the template does not end")
    assert page(restarted, receipt).content == answer.content


def test_a_worker_has_nothing_of_the_service_but_its_connection(stack: DocumentsStack) -> None:
    page(stack, stack.deposit(vsm()))
    [worker] = workers(stack)
    assert b"CARNET" not in Path(f"/proc/{worker.pid}/environ").read_bytes()
    files = {str(file.readlink()) for file in Path(f"/proc/{worker.pid}/fd").iterdir()}
    assert len([file for file in files if file.startswith("socket:")]) == 1
    assert {file for file in files if not file.startswith("socket:")} <= {"/dev/null"}


@pytest.mark.parametrize("form", HEAVY)
def test_documents_that_repeat_much_are_shown_within_the_limits(stack: DocumentsStack, form: ContentForm) -> None:
    for heavy in HEAVY[form]:
        answer = page(stack, stack.deposit(heavy()), form)
        assert answer.status_code == 200
        assert len(answer.content) == int(answer.headers["content-length"]) < 5_000_000


def test_a_document_beyond_the_limits_is_refused_and_its_worker_replaced(restarted: DocumentsStack) -> None:
    restarted.start(rendering_memory="60000000")
    heavy, light = restarted.deposit(document("5 MB")), restarted.deposit(vsm())
    assert page(restarted, light).status_code == 200
    assert problem(page(restarted, heavy)) == (422, "document.not_renderable")
    assert renderings(restarted, "killed") == 1
    assert page(restarted, light).status_code == 200
    assert problem(page(restarted, heavy)) == (422, "document.not_renderable")
    assert (renderings(restarted, "killed"), renderings(restarted, "remembered")) == (1, 1)
    assert restarted.read(heavy) == document("5 MB")


def test_a_document_that_takes_long_holds_up_no_other(restarted: DocumentsStack) -> None:
    restarted.start()
    receipts = [restarted.deposit(vsm()) for _ in range(2)]
    wait_until(lambda: page(restarted, receipts[0]).status_code == 200, "a page")
    [worker] = workers(restarted)
    answers: list[int] = []
    worker.suspend()
    # One of the two is given to the worker that does nothing.
    asking = [
        Thread(target=lambda receipt=receipt: answers.append(page(restarted, receipt).status_code))
        for receipt in receipts
    ]
    for thread in asking:
        thread.start()
    wait_until(lambda: answers, "the page that is not held up")
    assert answers[0] == 200
    assert all(restarted.read(receipt) == vsm() for receipt in receipts)
    with suppress(psutil.NoSuchProcess):
        worker.resume()
    for thread in asking:
        thread.join()
    assert set(answers) <= {200, 503}


def test_a_worker_that_never_answers_is_killed_and_the_reader_told_to_come_back(stack: DocumentsStack) -> None:
    receipt, before = stack.deposit(vsm()), renderings(stack, "late")
    wait_until(lambda: page(stack, receipt).status_code == 200, "a page")
    suspended = workers(stack)
    for worker in suspended:
        worker.suspend()
    for _ in suspended:
        assert problem(page(stack, receipt)) == (503, "service.unavailable")
    assert renderings(stack, "late") >= before + len(suspended)
    assert not [worker for worker in suspended if worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE]
    wait_until(lambda: page(stack, receipt).status_code == 200, "a page by another worker")


def test_a_template_that_never_answers_is_replaced_and_the_reader_told_to_come_back(
    restarted: DocumentsStack,
) -> None:
    restarted.start()
    light, heavy = restarted.deposit(vsm()), restarted.deposit(HEAVY[ContentForm.PAGE][2]())
    assert page(restarted, light).status_code == 200
    [template] = templates(restarted)
    template.suspend()
    # A large document is given to a new worker.
    assert problem(page(restarted, heavy)) == (503, "service.unavailable")
    assert not template.is_running()
    assert page(restarted, heavy).status_code == 200


def test_a_template_that_was_killed_is_replaced(restarted: DocumentsStack) -> None:
    restarted.start()
    heavy = restarted.deposit(HEAVY[ContentForm.PAGE][2]())
    assert page(restarted, heavy).status_code == 200
    [template] = templates(restarted)
    template.kill()
    assert page(restarted, heavy).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_the_service(restarted: DocumentsStack, number: signal.Signals) -> None:
    restarted.start()
    page(restarted, restarted.deposit(vsm()))
    [worker] = workers(restarted)
    os.kill(restarted.pid(SERVICE), number)
    wait_until(lambda: not psutil.pid_exists(worker.pid), "the worker lives on")


def test_a_file_is_shown_without_a_worker_and_has_no_clinical_data(stack: DocumentsStack) -> None:
    sent = "à lire".encode()
    signed = stack.put(sent).json()["receipt"]
    receipt = stack.opened_file(signed)
    before = renderings(stack, "done")
    shown = stack.get(stack.download_ticket(receipt, ContentForm.PAGE))
    assert (shown.content, shown.headers["content-type"]) == (sent, "text/plain; charset=utf-8")
    assert shown.headers["content-security-policy"].endswith("sandbox")
    assert stack.get(stack.download_ticket(receipt, ContentForm.FACTS)).content == b"{}"
    assert renderings(stack, "done") == before


def test_a_document_that_wraps_markup_is_not_stored(stack: DocumentsStack, unchanged: None) -> None:
    answer = stack.put(wrapping("text/html", b"<script>alert(1)</script>"))
    assert answer.status_code == 422
