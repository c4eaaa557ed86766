"""The ways of reaching a document through the street door: those that name it, and those that come across it."""

from collections.abc import Callable, Iterator

from cli.demo.visitor import Visitor
from contracts.vocabulary import Section

BY_ID: dict[str, Callable[[Visitor, str, str], object]] = {
    "entry": lambda visitor, record, document: visitor.document(record, document),
    "content": lambda visitor, record, document: visitor.download(record, document),
    "page": lambda visitor, record, document: visitor.page(record, document),
    "facts": lambda visitor, record, document: visitor.facts(record, document),
    "hide": lambda visitor, record, document: visitor.set_masked(record, document, True),
    "show": lambda visitor, record, document: visitor.set_masked(record, document, False),
    "archive": lambda visitor, record, document: visitor.set_archived(record, document, True),
    "restore": lambda visitor, record, document: visitor.set_archived(record, document, False),
    "announce": lambda visitor, record, document: visitor.announce(record, document),
    "delete": lambda visitor, record, document: visitor.delete_document(record, document),
}
"""Name -> visitor, record, document; destroying comes last."""

_ALSO: tuple[dict[str, str], ...] = (
    {},
    {"superseded": "true"},
    {"archived": "true"},
    {"superseded": "true", "archived": "true"},
)


def found(visitor: Visitor, record: str, **query: str) -> list[str]:
    """The ids of one list, over all its pages, of which each holds one document."""
    ids: list[str] = []
    page = visitor.list_documents(record, count="1", **query)
    while True:
        ids += [str(document["document_id"]) for document in page["documents"]]
        if "next" not in page:
            return ids
        page = visitor.list_documents(record, count="1", cursor=page["next"], **query)


def lists(visitor: Visitor, record: str, **query: str) -> Iterator[tuple[str, list[str]]]:
    """Every list somebody can ask for: whole or by section, with replaced and archived documents or without."""
    for also in _ALSO:
        yield f"{also}", found(visitor, record, **also, **query)
        whole = visitor.list_documents(record, count="100", **also, **query)
        yield f"{also} whole", [str(document["document_id"]) for document in whole["documents"]]
    for section in Section:
        yield section, found(visitor, record, section=section, **_ALSO[-1], **query)


def comes_across(visitor: Visitor, record: str, document: str, **query: str) -> list[str]:
    """The names of the lists in which somebody finds a document."""
    return [name for name, ids in lists(visitor, record, **query) if document in ids]
