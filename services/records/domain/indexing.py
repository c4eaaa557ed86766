"""The search index of a document: its codes as tokens, its authors' names without case and accents."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from contracts.cda import CdaAuthor, CdaIdentifier
from contracts.codes.systems import CLASSES, system_of_format
from contracts.records.documents import Document
from contracts.records.entries import DocumentMetadata
from contracts.vocabulary import Coded

SEPARATOR = "|"
"""Before and after each name, so that a prefix search matches the start of a name only."""


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """`tokens`: see `_pair`; `families`, `givens`: `|dupont|martin|`."""

    tokens: tuple[str, ...]
    families: str
    givens: str


def index_of(document: Document, metadata: DocumentMetadata) -> Index:
    """The index of one document."""
    families, givens = index_of_names(metadata.authors)
    return Index(
        tokens=tuple(dict.fromkeys(_tokens(document, metadata))),
        families=families,
        givens=givens,
    )


def index_of_names(authors: Sequence[CdaAuthor]) -> tuple[str, str]:
    """Family and given names, normalized."""
    families = _names(author.family_name or author.display for author in authors)
    return families, _names(name for author in authors for name in (author.given_name, *author.more_given_names))


def _tokens(document: Document, metadata: DocumentMetadata) -> Iterator[str]:
    codes = [
        ("type", metadata.type),
        ("class", Coded(document.class_code, CLASSES)),
        ("format", Coded(document.format_code, system_of_format(document.format_code))),
        *(("event", event) for event in metadata.events),
        *((kind, code) for kind, code in (("facility", metadata.facility), ("setting", metadata.setting)) if code),
    ]
    for kind, code in codes:
        yield from _pair(kind, code.code, code.system)
    for author in metadata.authors:
        yield from _author_tokens(author)
    if document.replaces:
        yield f"related:{document.replaces}"


def _author_tokens(author: CdaAuthor) -> Iterator[str]:
    for identifier in (author.identifier, *author.other_identifiers):
        if identifier:
            yield from _pair("author", *_parts(identifier))
    if author.structure:
        yield from _pair("structure", *_parts(author.structure))


def _parts(identifier: CdaIdentifier) -> tuple[str, str]:
    return identifier.extension or identifier.root, identifier.root


def _pair(kind: str, code: str, system: str | None) -> Iterator[str]:
    """A code as the forms of a FHIR token ask for it: by itself, with its system or without one, by its system."""
    yield f"{kind}:{code}"
    yield f"{kind}:{system or ''}|{code}"
    if system:
        yield f"{kind}:{system}|"


def _names(names: Iterable[str | None]) -> str:
    plain = [normalized_name(name) for name in names if name]
    return SEPARATOR + SEPARATOR.join(plain) + SEPARATOR if plain else ""


def normalized_name(name: str) -> str:
    """A name in lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = (letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join("".join(letters).replace(SEPARATOR, " ").split())
