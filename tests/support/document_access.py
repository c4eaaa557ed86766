"""Every way to reach a document through the gateway: by its id, and in lists."""

from collections.abc import Callable, Iterator

from client.api_client import ApiClient
from contracts.vocabulary import Section

ACCESS_BY_ID: dict[str, Callable[[ApiClient, str, str], object]] = {
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
"""Name -> call with client, record, document; deletion comes last."""

_STATUS_FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"superseded": "true"},
    {"archived": "true"},
    {"superseded": "true", "archived": "true"},
)


def listed_ids(client: ApiClient, record: str, **query: str) -> list[str]:
    """The document ids of a list, read in pages of one document."""
    ids: list[str] = []
    page = client.list_documents(record, count="1", **query)
    while True:
        ids += [str(document.document_id) for document in page.documents]
        if page.next is None:
            return ids
        page = client.list_documents(record, count="1", cursor=page.next, **query)


def all_lists(client: ApiClient, record: str, **query: str) -> Iterator[tuple[str, list[str]]]:
    """Name and ids of each list: whole or by section, with and without superseded and archived documents."""
    for filters in _STATUS_FILTERS:
        yield f"{filters}", listed_ids(client, record, **filters, **query)
        whole = client.list_documents(record, count="100", **filters, **query)
        yield f"{filters} whole", [str(document.document_id) for document in whole.documents]
    for section in Section:
        yield section, listed_ids(client, record, section=section, **_STATUS_FILTERS[-1], **query)


def lists_containing(client: ApiClient, record: str, document: str, **query: str) -> list[str]:
    """The names of the lists that contain a document."""
    return [name for name, ids in all_lists(client, record, **query) if document in ids]
