"""What a document is found by: its codes as tokens, the names of its authors without case and accents."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from contracts.cda import CdaAuthor, CdaIdentifier
from contracts.records import Document, DocumentMetadata
from contracts.vocabulary import Coded

SEPARATOR = "|"
"""Stands before and after each name, so that a name's beginning can be told from its middle."""


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """`tokens`: `kind:code` and `kind:system|code`; `families`, `givens`: `|dupont|martin|`."""

    tokens: tuple[str, ...]
    families: str
    givens: str


def index_of(document: Document, facts: DocumentMetadata) -> Index:
    """What a document is found by."""
    families, givens = index_of_names(facts.authors)
    return Index(
        tokens=tuple(dict.fromkeys(_tokens(document, facts))),
        families=families,
        givens=givens,
    )


def index_of_names(authors: Sequence[CdaAuthor]) -> tuple[str, str]:
    """Family and given names, as they are looked for."""
    return _names(author.family_name for author in authors), _names(author.given_name for author in authors)


def _tokens(document: Document, facts: DocumentMetadata) -> Iterator[str]:
    codes = [
        ("type", facts.type),
        ("class", Coded(document.class_code)),
        ("format", Coded(document.format_code)),
        *(("event", event) for event in facts.events),
        *((kind, code) for kind, code in (("facility", facts.facility), ("setting", facts.setting)) if code),
    ]
    for kind, code in codes:
        yield from _pair(kind, code.code, code.system)
    for author in facts.authors:
        yield from _author_tokens(author)
    if document.replaces:
        yield f"related:{document.replaces}"


def _author_tokens(author: CdaAuthor) -> Iterator[str]:
    if author.identifier:
        yield from _pair("author", *_parts(author.identifier))
    if author.structure:
        yield from _pair("structure", *_parts(author.structure))


def _parts(identifier: CdaIdentifier) -> tuple[str, str]:
    return identifier.extension or identifier.root, identifier.root


def _pair(kind: str, code: str, system: str | None) -> Iterator[str]:
    yield f"{kind}:{code}"
    if system:
        yield f"{kind}:{system}|{code}"


def _names(names: Iterable[str | None]) -> str:
    plain = [bare(name) for name in names if name]
    return SEPARATOR + SEPARATOR.join(plain) + SEPARATOR if plain else ""


def bare(name: str) -> str:
    """A name in small letters without accents, as people type it."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    kept = (letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join("".join(kept).replace(SEPARATOR, " ").split())
