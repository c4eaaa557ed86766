"""Looking for viruses: what arrives, and each file embedded in it, is judged before any of it counts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from prometheus_client import Counter

from chassis.settings import SettingsError
from contracts.errors import ContentInfected, ServiceUnavailable
from services.documents.clamd import Clamd, ScannerAway, Stream
from services.documents.settings import ScannerSettings

UNSCANNED = Counter("carnet_contents_unscanned_total", "Contents taken in although no scanner could be asked.")

_ADDRESS = re.compile(r"unix:/.+|[^:\s]+:[0-9]{1,5}", re.ASCII)


@dataclass(frozen=True)
class VirusScanner:
    """A clamd to ask, or none; `required`: where it gives no verdict, nothing is taken in."""

    clamd: Clamd | None = None
    required: bool = True

    def is_missing(self) -> bool:
        """Whether nothing can be taken in because it does not answer."""
        return self.clamd is not None and self.required and not self.clamd.is_reachable()


def scanner_from(settings: ScannerSettings) -> VirusScanner:
    """The scanner that settings name.

    Raises:
        SettingsError: an address nobody can be reached at.
    """
    if not settings.clamd_address:
        return VirusScanner()
    if not _ADDRESS.fullmatch(settings.clamd_address):
        raise SettingsError("CARNET_CLAMD_ADDRESS is `unix:` and an absolute path, or host:port")
    return VirusScanner(Clamd(settings.clamd_address, settings.scan_seconds), required=settings.scan_required)


class Inspection:
    """One content under way, and the lines that are open for it until it is left."""

    def __init__(self, scanner: VirusScanner) -> None:
        self._clamd = scanner.clamd
        self._required = scanner.required
        self._lines: list[Stream] = []

    def __enter__(self) -> "Inspection":
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            line.close()

    @property
    def looks(self) -> bool:
        """Whether there is anybody to ask."""
        return self._clamd is not None

    def begin(self) -> "ScannedFile":
        """A file to be judged by itself; raises ServiceUnavailable."""
        with self.or_without():
            if self._clamd:
                self._lines.append(self._clamd.begin())
                return ScannedFile(self, self._lines[-1])
        return ScannedFile(self, None)

    @contextmanager
    def or_without(self) -> Iterator[None]:
        """Where no scanner is required, a content whose scanner fails goes on without, and the operator is told.

        Raises:
            ServiceUnavailable: the scanner failed, and is required.
        """
        try:
            yield
        except ScannerAway:
            if self._required:
                raise ServiceUnavailable from None
            self._clamd = None
            UNSCANNED.inc()
            structlog.get_logger().warning("content_unscanned", part="scanner")


class ScannedFile:
    """One file on its way past the scanner."""

    def __init__(self, inspection: Inspection, line: Stream | None) -> None:
        self._inspection = inspection
        self._line = line

    def feed(self, chunk: bytes) -> None:
        """The next bytes; raises ServiceUnavailable."""
        with self._inspection.or_without():
            if self._line and self._inspection.looks:
                self._line.feed(chunk)

    def conclude(self) -> None:
        """Ask for the verdict, once every byte was fed.

        Raises:
            ContentInfected: something was found. ServiceUnavailable: nobody can tell, and somebody must.
        """
        with self._inspection.or_without():
            if self._line and self._inspection.looks and (name := self._line.verdict()):
                raise ContentInfected(name=name)
