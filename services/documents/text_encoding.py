"""In which encoding a file is text: UTF-8, UTF-16 with its mark, or windows-1252, which includes ISO 8859-1."""

import codecs
import re
from enum import StrEnum

from services.documents.file_errors import InconsistentContent

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PADDING = re.compile(r"[\x00\x1a][\x00\x1a\s]*\Z")
"""Records of a fixed length end in NULs, files of DOS in Ctrl-Z."""
_PADDING_ONLY = re.compile(r"[\x00\x1a\s]*")
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class TextEncoding(StrEnum):
    """By its name as a charset on the web (WHATWG Encoding)."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    WINDOWS_1252 = "windows-1252"


_CODECS = {TextEncoding.UTF_8: "utf-8-sig", TextEncoding.UTF_16: "utf-16", TextEncoding.WINDOWS_1252: "cp1252"}


def decoded_head(head: bytes) -> str | None:
    """The beginning of a file as text, without padding at its end; its last character may be cut.

    None: it is no text, or there is nothing in it.
    """
    for encoding in _candidates(head):
        text = _decoded(codecs.getincrementaldecoder(_CODECS[encoding])(), head, final=False)
        if text is not None and (text := _PADDING.sub("", text)).strip() and not _UNPRINTABLE.search(text):
            return text
    return None


def encoding_of(file: bytes) -> TextEncoding:
    """The encoding of a whole file; raises InconsistentContent."""
    check = TextReader()
    check.feed(file)
    return check.close()


class TextReader:
    """Is fed a file, and keeps the encodings in which all of it is text: printable, with padding at its end only.

    What is valid UTF-8 to its end is taken for it: by chance hardly any other text is.
    """

    def __init__(self) -> None:
        self._attempts: dict[TextEncoding, _Attempt] | None = None

    def feed(self, chunk: bytes) -> None:
        """The next bytes; raises InconsistentContent as soon as no encoding is left."""
        self._read(chunk, final=False)

    def close(self) -> TextEncoding:
        """The file has ended; raises InconsistentContent, also for UTF-8 that is cut within a letter."""
        utf_8 = (self._attempts or {}).get(TextEncoding.UTF_8)
        if utf_8 and utf_8.is_cut():
            raise InconsistentContent
        self._read(b"", final=True)
        return next(iter(self._attempts or {}))

    def _read(self, chunk: bytes, *, final: bool) -> None:
        if self._attempts is None:
            self._attempts = {encoding: _Attempt(_CODECS[encoding]) for encoding in _candidates(chunk)}
        self._attempts = {
            encoding: attempt for encoding, attempt in self._attempts.items() if attempt.reads(chunk, final=final)
        }
        if not self._attempts:
            raise InconsistentContent


class _Attempt:
    """One encoding, tried on a file."""

    def __init__(self, codec: str) -> None:
        self._decoder = codecs.getincrementaldecoder(codec)()
        self._is_ascii = True
        self._is_padded = False

    def is_cut(self) -> bool:
        """Whether UTF-8 ends within a letter; one byte alone may well be the only accent of ISO 8859-1."""
        begun = self._decoder.getstate()[0]
        return bool(begun) and not (self._is_ascii and len(begun) == 1 and begun >= b"\xe0")

    def reads(self, chunk: bytes, *, final: bool) -> bool:
        """Whether the file is still text."""
        text = _decoded(self._decoder, chunk, final=final)
        if text is None or (self._is_padded and not _PADDING_ONLY.fullmatch(text)):
            return False
        self._is_ascii &= text.isascii()
        if self._is_padded:
            return True
        if padding := _PADDING.search(text):
            self._is_padded, text = True, text[: padding.start()]
        return not _UNPRINTABLE.search(text)


def _candidates(beginning: bytes) -> tuple[TextEncoding, ...]:
    if beginning.startswith(UTF16_MARKS):
        return (TextEncoding.UTF_16,)
    return (TextEncoding.UTF_8, TextEncoding.WINDOWS_1252)


def _decoded(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> str | None:
    try:
        return decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return None
