"""Fuzzing what reads documents, guided by the code it reaches: `python -m tests.support.fuzzing CORPUS -runs=N`.

Whatever the bytes are, the header is read or refused in our own words, and the page and the facts likewise; any other
exception ends the run with the bytes that led to it.
"""

import contextlib
import sys

import atheris

with atheris.instrument_imports():
    from contracts.errors import NotRenderable
    from services.documents.cda import CdaError, HeaderReader
    from services.documents.rendering.pages import Page, clinical_data_page, page_of

_XML = "text/xml"


class _Seen:
    """Looks into embedded files, and finds nothing."""

    def feed(self, _chunk: bytes) -> None:
        """Its next bytes."""

    def conclude(self) -> None:
        """Its end."""


def read(data: bytes) -> None:
    """One document, in two pieces; as a page and for its facts, too."""
    reader, middle = HeaderReader(_Seen), len(data) // 2
    with contextlib.suppress(CdaError):
        reader.feed(data[:middle])
        reader.feed(data[middle:])
        reader.close()
    for show in (_page, clinical_data_page):
        with contextlib.suppress(NotRenderable):
            show(_XML, data)


def _page(media_type: str, data: bytes) -> Page:
    return page_of(media_type, data, "fr")


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
