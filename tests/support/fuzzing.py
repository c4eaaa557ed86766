"""Coverage-guided fuzzing of the document readers: `python -m tests.support.fuzzing CORPUS -runs=N`.

Header, page and clinical data must be parsed, or refused by CdaError or NotRenderable. Any other exception ends the
run and prints the bytes that caused it.
"""

import contextlib
import sys

import atheris

with atheris.instrument_imports():
    from contracts.errors.execution import NotRenderable
    from services.documents.cda import CdaError, HeaderReader
    from services.documents.rendering.files import Page
    from services.documents.rendering.pages import clinical_data_page, page_of


class _IgnoredFile:
    """Accepts the bytes of embedded files and ignores them."""

    def feed(self, _chunk: bytes) -> None:
        pass

    def conclude(self) -> None:
        pass


def read(data: bytes) -> None:
    """Read the header in two chunks, then render the page and extract the clinical data."""
    reader, middle = HeaderReader(_IgnoredFile), len(data) // 2
    with contextlib.suppress(CdaError):
        reader.feed(data[:middle])
        reader.feed(data[middle:])
        reader.close()
    for show in (_page, clinical_data_page):
        with contextlib.suppress(NotRenderable):
            show(data)


def _page(data: bytes) -> Page:
    return page_of(data, "fr")


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
