"""Anything but a clean verdict refuses the upload; embedded files reach the scanner whole, however they are split."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.settings import SettingsError
from contracts.errors.execution import ContentInfected, ServiceUnavailable
from services.documents.cda import HeaderReader, HostileXmlError
from services.documents.clamd import Clamd
from services.documents.embedded import MAX_EMBEDDED, EmbeddedFiles
from services.documents.scanning import UNSCANNED, ScanSession, VirusScanner, scanner_from
from services.documents.settings import ScannerSettings
from tests.support.scanning import answering
from tests.unit.documents.specimens import edited, vsm


def passes_scanned(address: str, *, required: bool = True) -> bool:
    """Whether a document that was not refused passed by a verdict, and not because scans are optional."""
    with ScanSession(VirusScanner(Clamd(address, 0.3), required=required)) as scan:
        file = scan.begin()
        file.feed(b"a document")
        file.conclude()
        return scan.is_active


def test_a_clean_file_passes() -> None:
    with answering(b"stream: OK\0") as address:
        assert passes_scanned(address)


def test_an_infected_file_is_named() -> None:
    with answering(b"stream: Win.Test-1 FOUND\0") as address, pytest.raises(ContentInfected) as refused:
        passes_scanned(address)
    assert refused.value.problem().details == {"name": "Win.Test-1"}


NO_VERDICT = {
    "says nothing": None,
    "is full": b"INSTREAM size limit exceeded. ERROR\0",
    "speaks another language": b"+OK POP3 ready\0",
    "says yes and more": b"stream: OK, but not sure\0",
    "names what no log may hold": b"stream: caf\xc3\xa9 FOUND\0",
    "hangs up in the middle of a word": b"stream: O",
}


@pytest.mark.parametrize("how", NO_VERDICT)
def test_a_reply_that_is_no_verdict_refuses_the_upload(how: str) -> None:
    with answering(NO_VERDICT[how]) as address, pytest.raises(ServiceUnavailable):
        passes_scanned(address)


@pytest.mark.parametrize("address", ["127.0.0.1:9", "unix:/nowhere/clamd.sock"])
def test_without_a_scanner_uploads_are_refused_unless_scans_are_optional(address: str) -> None:
    with pytest.raises(ServiceUnavailable):
        passes_scanned(address)
    before = UNSCANNED._value.get()
    assert not passes_scanned(address, required=False)
    assert UNSCANNED._value.get() == before + 1
    assert VirusScanner(Clamd(address, 0.3)).is_missing()
    assert not VirusScanner(Clamd(address, 0.3), required=False).is_missing()


@pytest.mark.parametrize("address", ["clamav", "host:", "unix:relative", "host:port", "tcp://host:3310"])
def test_a_malformed_address_is_refused_at_start(address: str) -> None:
    with pytest.raises(SettingsError):
        scanner_from(ScannerSettings(clamd_address=address))


def test_settings_name_a_scanner_or_none() -> None:
    assert scanner_from(ScannerSettings()) == VirusScanner()
    for address in ("unix:/run/clamav/clamd.ctl", "scanner.example:3310"):
        settings = ScannerSettings(clamd_address=address, scan_seconds=3, scan_required=False)
        assert scanner_from(settings) == VirusScanner(Clamd(address, 3), required=False)


class RecordingObserver:
    """Appends the bytes of each file it observed."""

    def __init__(self, files: list[bytes]) -> None:
        self._files = files
        self._bytes = b""

    def feed(self, chunk: bytes) -> None:
        self._bytes += chunk

    def conclude(self) -> None:
        self._files.append(self._bytes)


def embedded_files(document: bytes, size: int) -> list[bytes]:
    """The files that are observed when the document is fed in pieces of `size` bytes."""
    files: list[bytes] = []
    reader = HeaderReader(lambda: RecordingObserver(files))
    for start in range(0, len(document), size):
        reader.feed(document[start : start + size])
    reader.close()
    return files


def media(*contents: str) -> bytes:
    values = "".join(f'<value representation="B64">{content}</value>' for content in contents)
    return edited(vsm(), "</section>", f"<entry><observationMedia>{values}</observationMedia></entry></section>")


@given(content=st.binary(max_size=200), line=st.integers(1, 9), piece=st.integers(1, 400))
def test_an_embedded_file_is_observed_whole_however_it_is_wrapped_and_fed(
    content: bytes, line: int, piece: int
) -> None:
    written = base64.b64encode(content).decode()
    wrapped = " \n".join(written[start : start + line] for start in range(0, len(written), line))
    assert embedded_files(media(wrapped), piece * 50) == [content]


def test_each_embedded_file_is_observed_separately_and_stray_characters_hide_nothing() -> None:
    assert embedded_files(media("SGVs\u00e9bG8=", "", "V29ybGQ"), 64) == [b"Hello", b"", b"World"]


def test_a_document_with_too_many_files_is_hostile() -> None:
    with pytest.raises(HostileXmlError):
        embedded_files(media(*["AA=="] * (MAX_EMBEDDED + 1)), 65_536)


def test_elements_inside_an_embedded_file_do_not_end_it() -> None:
    observed: list[bytes] = []

    def make_observer() -> RecordingObserver:
        return RecordingObserver(observed)

    files = EmbeddedFiles(make_observer)
    files.start(5, {"representation": "B64"})
    files.data("SGVs")
    files.start(6, {"representation": "B64"})
    files.end(6)
    files.data("bG8=")
    files.end(5)
    assert observed == [b"Hello"]
