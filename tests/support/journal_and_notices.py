"""Reads journal lines and notices, which arrive asynchronously, and waits for them."""

from client.api_client import ApiClient
from client.waiting import wait_for
from contracts.audit import JournalLine

_PAGE = 100


def whole_journal(client: ApiClient, record: str) -> list[JournalLine]:
    """All lines of a journal that the client may read, over all pages, newest first."""
    page = client.journal(record, count=str(_PAGE))
    found = list(page)
    while len(page) == _PAGE:
        page = client.journal(record, count=str(_PAGE), before=str(page[-1].position))
        found += page
    return found


def journal_lines(client: ApiClient, record: str, act: str, **fields: object) -> list[JournalLine]:
    """The lines of an act with these field values, ids also as text, newest first, on the first page."""
    wanted = {name: str(value) for name, value in fields.items()}
    return [
        line
        for line in client.journal(record, act=act)
        if all(str(getattr(line, name)) == value for name, value in wanted.items())
    ]


def wait_for_line(client: ApiClient, record: str, act: str, seconds: float = 20, **fields: object) -> JournalLine:
    """Wait for a line of an act with these field values; returns the newest."""
    return wait_for(
        lambda: next(iter(journal_lines(client, record, act, **fields)), None), f"{act}, {fields}", seconds
    )


def notice_codes(client: ApiClient, record: str) -> list[str]:
    """The codes of the notices that the client may read, newest first."""
    return [str(notice.code) for notice in client.notices(record)]


def expect_notices(client: ApiClient, record: str, code: str, times: int = 1, seconds: float = 20) -> None:
    """Wait until the client reads at least `times` notices of a code, and assert that there are no more."""
    counts: list[int] = []

    def has_come() -> bool:
        counts.append(notice_codes(client, record).count(code))
        return counts[-1] >= times

    wait_for(has_come, f"notice {code}", seconds)
    assert counts[-1] == times


def is_gapless(found: list[JournalLine]) -> bool:
    """Whether the lines of each strand, newest first, are numbered from 1 without a gap."""
    strands: dict[str, list[int]] = {}
    for line in found:
        strands.setdefault(line.strand, []).append(line.number)
    return all(numbers == list(range(len(numbers), 0, -1)) for numbers in strands.values())
