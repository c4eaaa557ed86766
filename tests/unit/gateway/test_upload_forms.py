"""Forms with a file: however their bytes arrive, the file is what was sent, and what is too much is refused."""

import asyncio
from contextlib import closing

import multipart
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.errors.request import InvalidRequest
from gateway.upload_forms import HEAD, UploadForm

BOUNDARY = "----limite"


def a_part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    named = f'; filename="{file_name}"' if file_name is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def read(body: bytes, step: int = 1 << 16) -> UploadForm:
    form, parser = UploadForm(), multipart.PushMultipartParser(BOUNDARY)
    whole = body + f"--{BOUNDARY}--\r\n".encode()
    for start in range(0, len(whole), step):
        for event in parser.parse(whole[start : start + step]):
            form.take(event)
    return form


def content_of(form: UploadForm) -> bytes:
    async def received() -> bytes:
        assert form.file is not None
        receive, found = form.file.receive(), b""
        while message := await receive():
            found += message["body"]  # type: ignore[typeddict-item]
            if not message["more_body"]:  # type: ignore[typeddict-item]
                return found
        return found

    return asyncio.run(received())


@settings(max_examples=40)
@given(st.binary(max_size=300), st.integers(min_value=1, max_value=80))
def test_the_file_is_what_was_sent_however_its_bytes_arrive(content: bytes, step: int) -> None:
    body = a_part("type", b"11502-2") + a_part("file", content, "bilan.pdf") + a_part("title", "é".encode())
    with closing(read(body, step)) as form:
        assert content_of(form) == content
        assert form.fields == {"type": ["11502-2"], "title": ["é"]}


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("C:\\fichiers\\bilan.pdf", "bilan.pdf"),
        ("../../etc/x.pdf", "x.pdf"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
    ],
    ids=["a folder", "another folder", "a long name"],
)
def test_a_file_keeps_its_name_without_its_folder(sent: str, name: str) -> None:
    with closing(read(a_part("file", b"x", sent))) as form:
        assert form.file is not None and form.file.name == name


def test_only_the_beginning_of_a_file_is_kept_in_memory() -> None:
    with closing(read(a_part("file", bytes(3 * HEAD), "x"))) as form:
        assert form.file is not None
        assert (form.file.size, len(form.file.head)) == (3 * HEAD, HEAD)


@pytest.mark.parametrize(
    "body",
    [a_part("title", b"a" * 5000), a_part("file", b"1", "a") + a_part("file", b"2", "b")],
    ids=["a long field", "a second file"],
)
def test_what_no_form_of_ours_sends_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        read(body)
