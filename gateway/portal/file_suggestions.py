"""What a file seems to be, from its own words: suggested to its depositor, never filed without their choice.

A structured document (CDA) states its type; of a PDF the title and the first words are read, of any file its name.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum, auto
from html import unescape
from typing import NamedTuple

from contracts.codes.documents import document_types

_MOST_NAME, _MOST_TITLE, _MOST_WORDS = 200, 200, 20_000
_FIRST_WORDS = 600
"""Characters of a text that count as its heading."""
_MOST_STREAMS, _MOST_STREAM_BYTES = 20, 64 * 1024
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,64}<|\xff\xfe<\x00|\xfe\xff\x00<|<\x00|\x00<")
_CDA_CODE = re.compile(r"<(?:\w{1,20}:)?code\s([^<>]{1,1000})>")
_CODE = re.compile(r"\bcode\s{0,8}=\s{0,8}[\"']([^\"'<>]{1,40})[\"']")
_CDA_TITLE = re.compile(r"<(?:\w{1,20}:)?title>([^<>]{1,400})</")
_PDF_TITLE = re.compile(rb"/Title\s{0,8}(\((?:[^()\\]|\\.){0,400}\)|<[0-9A-Fa-f]{0,1600}>)", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n")
_SHOWN = re.compile(rb"\[([^\[\]]{0,4000})\]\s{0,8}TJ|(\((?:[^()\\]|\\.){0,1000}\))\s{0,8}(?:Tj|'|\")", re.DOTALL)
_STRING = re.compile(rb"\(((?:[^()\\]|\\.){0,1000})\)", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"", b"f": b"", b"\n": b"", b"\r": b""}
_NOT_WORDS = re.compile(r"[^a-z0-9]+")

NAMES_OF_TYPES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("34749-2", ("consultation pre anesthesique", "consultation d anesthesie")),
    ("77436-4", ("compte rendu d anesthesie", "feuille d anesthesie")),
    ("34794-8", ("reunion de concertation pluridisciplinaire", "rcp")),
    ("34874-8", ("compte rendu operatoire", "cr operatoire", "cro")),
    ("15508-5", ("compte rendu d accouchement",)),
    ("15507-7", ("passage aux urgences", "service des urgences", "compte rendu d urgences")),
    ("11490-0", ("lettre de liaison", "lettre de sortie", "sortie d hospitalisation")),
    ("34112-3", ("compte rendu d hospitalisation", "compte rendu hospitalier", "crh")),
    ("PRESC-AAT", ("arret de travail",)),
    ("PRESC-BIO", ("ordonnance de biologie", "prescription d analyses", "prescription de biologie")),
    ("PRESC-KINE", ("ordonnance de kinesitherapie", "seances de kinesitherapie")),
    ("PRESC-INF", ("ordonnance de soins infirmiers", "prescription d actes infirmiers")),
    ("55115-0", ("demande d imagerie", "demande d examen d imagerie", "bon de radiologie")),
    ("57833-6", ("ordonnance", "prescription de medicaments", "prescription medicale")),
    ("60568-3", ("anatomie pathologique", "anatomie et cytologie pathologiques", "anatomopathologique", "anapath")),
    ("51969-4", ("genetique moleculaire",)),
    (
        "11502-2",
        (
            *("examens biologiques", "examen biologique", "analyses medicales", "biologie medicale", "bilan sanguin"),
            *("hemogramme", "numeration formule sanguine", "laboratoire", "biologie"),
        ),
    ),
    (
        "18748-4",
        (
            *("scanner", "tomodensitometrie", "imagerie", "irm", "radiographie", "radiologie", "radio"),
            *("echographie", "mammographie", "scintigraphie", "echo doppler"),
        ),
    ),
    ("87273-9", ("note de vaccination",)),
    ("11369-6", ("carnet de vaccination", "historique des vaccinations", "vaccinations", "vaccination")),
    ("60591-5", ("volet de synthese medicale", "synthese medicale", "vsm")),
    ("96349-6", ("lettre d adressage", "courrier d adressage", "je vous adresse")),
    ("PROT_ALD", ("protocole de soins", "affection de longue duree")),
    ("18776-5", ("plan personnalise de soins", "plan personnalise de sante")),
    ("89601-9", ("certificat medical", "certificat")),
    ("59284-0", ("attestation de consentement",)),
    ("11488-4", ("compte rendu de consultation", "consultation", "cr consultation")),
)
"""Type -> how documents of this type are called, without accents; what says more comes first."""


class FileKind(StrEnum):
    """Who states the metadata of a file."""

    STRUCTURED = auto()
    """Its own header."""
    PLAIN = auto()
    """Its depositor."""


class Suggestion(NamedTuple):
    """What a file seems to be; no type, no title: nothing in it says so."""

    kind: FileKind
    type_code: str | None = None
    title: str = ""


def suggest(name: str, head: bytes) -> Suggestion:
    """What a file seems to be.

    Args:
        name: as its sender calls it.
        head: its first bytes; what is looked at is bounded, however they are.
    """
    if _XML.match(head):
        return _of_structured(head)
    title, words = (_title_of_pdf(head), _words_of_pdf(head)) if b"%PDF-" in head[:1024] else ("", _words_of(head))
    stem = name[-_MOST_NAME:].rpartition(".")[0] or name[-_MOST_NAME:]
    sources = (title, stem, words[:_FIRST_WORDS], words)
    found = next((code for source in sources if (code := type_named_in(source))), None)
    return Suggestion(FileKind.PLAIN, found, title or stem.replace("_", " ").strip())


def type_named_in(text: str) -> str | None:
    """The type of the first row of the table whose words are in a text, whatever its case and accents."""
    plain = f" {_NOT_WORDS.sub(' ', _unaccented(text[:_MOST_WORDS]))} "
    return next((code for code, names in NAMES_OF_TYPES if any(f" {words} " in plain for words in names)), None)


def _of_structured(head: bytes) -> Suggestion:
    encoding = "utf-16-le" if b"<\x00" in head[:4] else "utf-16-be" if b"\x00<" in head[:4] else "utf-8"
    text = head[: 64 * 1024].decode(encoding, "replace")
    title, coded = _CDA_TITLE.search(text), _CDA_CODE.search(text)
    code = _CODE.search(coded[1]) if coded else None
    return Suggestion(
        FileKind.STRUCTURED,
        code[1] if code and code[1] in document_types() else None,
        unescape(title[1]).strip() if title else "",
    )


def _unaccented(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))


def _words_of(head: bytes) -> str:
    """Of a plain text; nothing of a picture."""
    text = head[:_MOST_WORDS]
    return "" if b"\0" in text else text.decode("utf-8", "ignore")


def _title_of_pdf(head: bytes) -> str:
    found = _PDF_TITLE.search(head)
    if found is None:
        return ""
    written = found[1]
    if written.startswith(b"("):
        plain = _unescaped(written[1:-1])
    else:
        plain = bytes.fromhex(written[1:-1].decode()[: len(written[1:-1]) // 2 * 2])
    is_wide = plain.startswith((b"\xfe\xff", b"\xff\xfe"))
    return " ".join(plain.decode("utf-16" if is_wide else "latin-1", "replace").split())[:_MOST_TITLE]


def _words_of_pdf(head: bytes) -> str:
    """The strings that its first pages show, as far as they are written in Latin letters."""
    found: list[str] = []
    length = 0
    for content in _contents_of_pdf(head):
        for shown in _SHOWN.finditer(content):
            words = b"".join(_unescaped(each[1]) for each in _STRING.finditer(shown[0])).decode("latin-1")
            found.append(words)
            length += len(words) + 1
            if length > _MOST_WORDS:
                return " ".join(found)
    return " ".join(found)


def _contents_of_pdf(head: bytes) -> Iterator[bytes]:
    """The streams at its beginning, without pictures and fonts, which do not inflate to text."""
    for number, start in enumerate(_STREAM.finditer(head)):
        if number == _MOST_STREAMS:
            return
        content = head[start.end() : start.end() + _MOST_STREAM_BYTES]
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(content, _MOST_STREAM_BYTES)


def _unescaped(written: bytes) -> bytes:
    def plain(match: re.Match[bytes]) -> bytes:
        sign = match[1]
        return bytes((int(sign, 8) & 0xFF,)) if sign[:1].isdigit() and sign[:1] < b"8" else _ESCAPED.get(sign, sign)

    return _ESCAPE.sub(plain, written)
