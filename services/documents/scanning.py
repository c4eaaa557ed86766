"""Virus scanning: an upload and each file embedded in it need a verdict before the upload is stored."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from prometheus_client import Counter

from chassis.settings import SettingsError
from contracts.errors.execution import ContentInfected, ServiceUnavailable
from services.documents.clamd import Clamd, ClamdStream, ScannerUnavailable
from services.documents.settings import ScannerSettings

UNSCANNED = Counter("carnet_contents_unscanned_total", "Contents taken in although no scanner could be asked.")

_ADDRESS = re.compile(r"unix:/.+|[^:\s]+:[0-9]{1,5}", re.ASCII)


@dataclass(frozen=True)
class VirusScanner:
    """A clamd, or none; `required`: a content without a verdict is refused."""

    clamd: Clamd | None = None
    required: bool = True

    def is_missing(self) -> bool:
        """Whether uploads fail because clamd does not answer."""
        return self.clamd is not None and self.required and not self.clamd.is_reachable()


def scanner_from(settings: ScannerSettings) -> VirusScanner:
    """The scanner that settings name.

    Raises:
        SettingsError: the address is malformed.
    """
    if not settings.clamd_address:
        return VirusScanner()
    if not _ADDRESS.fullmatch(settings.clamd_address):
        raise SettingsError("CARNET_CLAMD_ADDRESS is `unix:` and an absolute path, or host:port")
    return VirusScanner(Clamd(settings.clamd_address, settings.scan_seconds), required=settings.scan_required)


class ScanSession:
    """The scans of one upload; leaving it closes their connections."""

    def __init__(self, scanner: VirusScanner) -> None:
        self._clamd = scanner.clamd
        self._required = scanner.required
        self._streams: list[ClamdStream] = []

    def __enter__(self) -> "ScanSession":
        return self

    def __exit__(self, *_: object) -> None:
        for stream in self._streams:
            stream.close()

    @property
    def is_active(self) -> bool:
        """Whether there is a scanner that has not failed."""
        return self._clamd is not None

    def begin(self) -> "ScannedFile":
        """A file with a verdict of its own; raises ServiceUnavailable."""
        with self.failures_handled():
            if self._clamd:
                self._streams.append(self._clamd.begin())
                return ScannedFile(self, self._streams[-1])
        return ScannedFile(self, None)

    @contextmanager
    def failures_handled(self) -> Iterator[None]:
        """If the scanner fails and is not required, the upload goes on unscanned, counted and logged.

        Raises:
            ServiceUnavailable: the scanner failed, and is required.
        """
        try:
            yield
        except ScannerUnavailable:
            if self._required:
                raise ServiceUnavailable from None
            self._clamd = None
            UNSCANNED.inc()
            structlog.get_logger().warning("content_unscanned", part="scanner")


class ScannedFile:
    """One file that is sent to the scanner as it streams by."""

    def __init__(self, session: ScanSession, stream: ClamdStream | None) -> None:
        self._session = session
        self._stream = stream

    def feed(self, chunk: bytes) -> None:
        """The next bytes; raises ServiceUnavailable."""
        with self._session.failures_handled():
            if self._stream and self._session.is_active:
                self._stream.feed(chunk)

    def conclude(self) -> None:
        """Wait for the verdict, once every byte was fed.

        Raises:
            ContentInfected: something was found. ServiceUnavailable: there is no verdict, and it is required.
        """
        with self._session.failures_handled():
            if self._stream and self._session.is_active and (name := self._stream.verdict()):
                raise ContentInfected(name=name)
