"""The ways of reaching a document through the street door: those that name it, and those that come across it."""

from collections.abc import Callable, Iterator

from cli.demo.client import ApiClient
from contracts.vocabulary import Section

BY_ID: dict[str, Callable[[ApiClient, str, str], object]] = {
    "entry": lambda client, record, document: client.document(record, document),
    "content": lambda client, record, document: client.download(record, document),
    "page": lambda client, record, document: client.page(record, document),
    "facts": lambda client, record, document: client.facts(record, document),
    "hide": lambda client, record, document: client.set_masked(record, document, True),
    "show": lambda client, record, document: client.set_masked(record, document, False),
    "archive": lambda client, record, document: client.set_archived(record, document, True),
    "restore": lambda client, record, document: client.set_archived(record, document, False),
    "announce": lambda client, record, document: client.announce(record, document),
    "delete": lambda client, record, document: client.delete_document(record, document),
}
"""Name -> visitor, record, document; destroying comes last."""

_ALSO: tuple[dict[str, str], ...] = (
    {},
    {"superseded": "true"},
    {"archived": "true"},
    {"superseded": "true", "archived": "true"},
)


def found(client: ApiClient, record: str, **query: str) -> list[str]:
    """The ids of one list, over all its pages, of which each holds one document."""
    ids: list[str] = []
    page = client.list_documents(record, count="1", **query)
    while True:
        ids += [str(document["document_id"]) for document in page["documents"]]
        if "next" not in page:
            return ids
        page = client.list_documents(record, count="1", cursor=page["next"], **query)


def lists(client: ApiClient, record: str, **query: str) -> Iterator[tuple[str, list[str]]]:
    """Every list somebody can ask for: whole or by section, with replaced and archived documents or without."""
    for also in _ALSO:
        yield f"{also}", found(client, record, **also, **query)
        whole = client.list_documents(record, count="100", **also, **query)
        yield f"{also} whole", [str(document["document_id"]) for document in whole["documents"]]
    for section in Section:
        yield section, found(client, record, section=section, **_ALSO[-1], **query)


def comes_across(client: ApiClient, record: str, document: str, **query: str) -> list[str]:
    """The names of the lists in which somebody finds a document."""
    return [name for name, ids in lists(client, record, **query) if document in ids]
