"""A scanner's verdict, or none: what is no clear yes is a no; embedded files reach it whole, however they are cut."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.settings import SettingsError
from contracts.errors import ContentInfected, ServiceUnavailable
from services.documents.cda import HeaderReader, HostileXmlError
from services.documents.clamd import Clamd
from services.documents.embedded import MAX_EMBEDDED, EmbeddedFiles
from services.documents.scanning import UNSCANNED, Inspection, VirusScanner, scanner_from
from services.documents.settings import ScannerSettings
from tests.support.scanning import answering
from tests.unit.documents.specimens import edited, vsm


def verdict(address: str, *, required: bool = True) -> None:
    with Inspection(VirusScanner(Clamd(address, 0.3), required=required)) as inspection:
        file = inspection.begin()
        file.feed(b"a document")
        file.conclude()


def test_a_clean_file_passes() -> None:
    with answering(b"stream: OK\0") as address:
        verdict(address)


def test_an_infected_file_is_named() -> None:
    with answering(b"stream: Win.Test-1 FOUND\0") as address, pytest.raises(ContentInfected) as refused:
        verdict(address)
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
def test_what_is_no_verdict_is_no_leave(how: str) -> None:
    with answering(NO_VERDICT[how]) as address, pytest.raises(ServiceUnavailable):
        verdict(address)


@pytest.mark.parametrize("address", ["127.0.0.1:9", "unix:/nowhere/clamd.sock"])
def test_where_nobody_listens_nothing_is_taken_unless_the_operator_says_so(address: str) -> None:
    with pytest.raises(ServiceUnavailable):
        verdict(address)
    before = UNSCANNED._value.get()
    verdict(address, required=False)
    assert UNSCANNED._value.get() == before + 1
    assert VirusScanner(Clamd(address, 0.3)).is_missing()
    assert not VirusScanner(Clamd(address, 0.3), required=False).is_missing()


@pytest.mark.parametrize("address", ["clamav", "host:", "unix:relative", "host:port", "tcp://host:3310"])
def test_an_address_nobody_can_be_reached_at_is_told_at_the_start(address: str) -> None:
    with pytest.raises(SettingsError):
        scanner_from(ScannerSettings(clamd_address=address))


def test_an_operator_names_a_scanner_or_none() -> None:
    assert scanner_from(ScannerSettings()) == VirusScanner()
    for address in ("unix:/run/clamav/clamd.ctl", "scanner.example:3310"):
        settings = ScannerSettings(clamd_address=address, scan_seconds=3, scan_required=False)
        assert scanner_from(settings) == VirusScanner(Clamd(address, 3), required=False)


class Notes:
    """Remembers what it was shown."""

    def __init__(self, shown: list[bytes]) -> None:
        self._shown = shown
        self._bytes = b""

    def feed(self, chunk: bytes) -> None:
        self._bytes += chunk

    def conclude(self) -> None:
        self._shown.append(self._bytes)


def seen_in(document: bytes, size: int) -> list[bytes]:
    shown: list[bytes] = []
    reader = HeaderReader(lambda: Notes(shown))
    for start in range(0, len(document), size):
        reader.feed(document[start : start + size])
    reader.close()
    return shown


def media(*contents: str) -> bytes:
    values = "".join(f'<value representation="B64">{content}</value>' for content in contents)
    return edited(vsm(), "</section>", f"<entry><observationMedia>{values}</observationMedia></entry></section>")


@given(content=st.binary(max_size=200), line=st.integers(1, 9), piece=st.integers(1, 400))
def test_an_embedded_file_is_seen_whole_however_it_is_wrapped_and_fed(content: bytes, line: int, piece: int) -> None:
    written = base64.b64encode(content).decode()
    wrapped = " \n".join(written[start : start + line] for start in range(0, len(written), line))
    assert seen_in(media(wrapped), piece * 50) == [content]


def test_each_embedded_file_is_seen_by_itself_and_stray_characters_hide_nothing() -> None:
    assert seen_in(media("SGVs\u00e9bG8=", "", "V29ybGQ"), 64) == [b"Hello", b"", b"World"]


def test_a_document_of_countless_files_is_hostile() -> None:
    with pytest.raises(HostileXmlError):
        seen_in(media(*["AA=="] * (MAX_EMBEDDED + 1)), 65_536)


def test_elements_inside_an_embedded_file_do_not_end_it() -> None:
    shown: list[bytes] = []

    def begin() -> Notes:
        return Notes(shown)

    files = EmbeddedFiles(begin)
    files.start(5, {"representation": "B64"})
    files.data("SGVs")
    files.start(6, {"representation": "B64"})
    files.end(6)
    files.data("bG8=")
    files.end(5)
    assert shown == [b"Hello"]
