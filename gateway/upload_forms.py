"""Forms with a file, as browsers send them: the file is spooled to disk, the other fields are few and short."""

import asyncio
import hashlib
import re
from contextlib import suppress
from types import TracebackType
from typing import Any

import multipart

from contracts.errors.execution import RequestTooLarge, RequestTypeUnsupported
from contracts.errors.request import InvalidRequest, RequestStalled
from gateway.clients import ApiRequest
from gateway.forms import MULTIPART
from gateway.spooling import Spool, SpooledContent

_BODY_LIMIT = 200_000_000
"""Maximum bytes of one request; a document has its own, smaller limit."""
_MOST_PARTS, _MOST_FIELD_BYTES = 20, 4096
_LONGEST_NAME = 200
HEAD = 256 * 1024
"""Bytes of the beginning of a file that are kept in memory, too."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")


class SentFile(SpooledContent):
    """A file of a form; `name`: as its sender calls it, without its folder. `head`: its first bytes."""

    def __init__(self, spool: Spool, name: str) -> None:
        super().__init__(spool)
        self.name = _UNPRINTABLE.sub(" ", re.split(r"[/\\]", name)[-1])[-_LONGEST_NAME:]
        self.head = b""
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """In hex, of what was written."""
        return self._digest.hexdigest()

    def write(self, plain: bytes) -> None:
        super().write(plain)
        self._digest.update(plain)
        self.head += plain[: HEAD - len(self.head)]


class UploadForm:
    """The fields of a form and its file, which is deleted on exit; no file: None, or one without bytes."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.file: SentFile | None = None
        self._spool = Spool()
        self._part: multipart.MultipartSegment | None = None
        self._value = b""

    def __enter__(self) -> "UploadForm":
        return self

    def __exit__(self, *_: "type[BaseException] | BaseException | TracebackType | None") -> None:
        self.close()

    def close(self) -> None:
        self._spool.close()

    def take(self, event: Any) -> None:
        """The next event of the parser: a part begins, goes on, or ends.

        Raises:
            InvalidRequest: a second file, or a field that is too long.
        """
        if event is None:
            self._end_part()
        elif isinstance(event, multipart.MultipartSegment):
            self._part, self._value = event, b""
            if event.filename is not None:
                if self.file is not None:
                    raise InvalidRequest(field=event.name)
                self.file = SentFile(self._spool, event.filename)
        elif self._part is not None and self._part.filename is not None and self.file is not None:
            self.file.write(bytes(event))
        else:
            self._value += event
            if len(self._value) > _MOST_FIELD_BYTES:
                raise InvalidRequest(field="body")

    def _end_part(self) -> None:
        if self._part is None or self._part.filename is not None:
            return
        # A NUL can be stored in no column.
        value = self._value.decode("utf-8", "strict").replace("\0", "")
        self.fields.setdefault(self._part.name, []).append(value)


async def read_upload_form(request: ApiRequest, limit: int = _BODY_LIMIT) -> UploadForm:
    """The form of a request, of so many bytes at most; one that announces more is not read.

    Raises:
        RequestTypeUnsupported, RequestTooLarge, RequestStalled; InvalidRequest: no such form, or disconnected.
    """
    if int(request.headers.get("content-length", "0") or 0) > limit:
        raise RequestTooLarge(limit=str(limit))
    form = UploadForm()
    try:
        await _read(request, form, limit)
    except (multipart.MultipartError, ValueError):
        form.close()
        raise InvalidRequest(field="body") from None
    except BaseException:
        form.close()
        raise
    return form


async def _read(request: ApiRequest, form: UploadForm, limit: int) -> None:
    parser = _parser_of(request)
    size = 0
    while True:
        message = await _next_message(request)
        size += len(message["body"])
        if size > limit:
            raise RequestTooLarge(limit=str(limit))
        if message["body"]:
            for event in parser.parse(message["body"]):
                form.take(event)
        if not message.get("more_body", False):
            # Raises if the last part has no end.
            parser.close()
            return


def _parser_of(request: ApiRequest) -> multipart.PushMultipartParser:
    kind, options = "", dict[str, str]()
    with suppress(multipart.MultipartError):
        kind, options = multipart.parse_options_header(request.headers.get("content-type", ""))
    if kind.lower() != MULTIPART:
        raise RequestTypeUnsupported(expected=MULTIPART)
    return multipart.PushMultipartParser(
        options.get("boundary", "")[:1024], max_segment_count=_MOST_PARTS, max_header_count=4
    )


async def _next_message(request: ApiRequest) -> Any:
    try:
        async with asyncio.timeout(request.clients.settings.stall_seconds):
            message: Any = await request.receive()
    except TimeoutError:
        raise RequestStalled from None
    if message["type"] == "http.disconnect":
        raise InvalidRequest(field="body")
    return message
