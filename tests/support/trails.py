"""What was left behind by what was done: lines of the journal, notices; both come a moment later."""

from typing import Any

from cli.demo.client import ApiClient
from cli.demo.people import wait_for

Line = dict[str, Any]

_UNSAID = {"mode": "normal"}
"""What a line leaves out is this."""

_PAGE = 100


def journal(client: ApiClient, record: str) -> list[Line]:
    """All that somebody reads of a journal, page by page, newest first."""
    found = client.journal(record, count=str(_PAGE))
    page = found
    while len(page) == _PAGE:
        page = client.journal(record, count=str(_PAGE), before=str(page[-1]["position"]))
        found += page
    return found


def lines(client: ApiClient, record: str, act: str, **fields: object) -> list[Line]:
    """The lines of that act which bear these values, newest first; looking is an act too, and is not looked at."""
    found = (_UNSAID | one for one in client.journal(record, act=act))
    return [one for one in found if all(one.get(name) == value for name, value in fields.items())]


def line(client: ApiClient, record: str, act: str, seconds: float = 20, **fields: object) -> Line:
    """The newest such line, as soon as there is one."""
    return wait_for(lambda: next(iter(lines(client, record, act, **fields)), None), f"{act}, {fields}", seconds)


def notices(client: ApiClient, record: str) -> list[str]:
    """The codes of the notices somebody reads, newest first."""
    return [str(notice["code"]) for notice in client.notices(record)]


def told(client: ApiClient, record: str, code: str, times: int = 1, seconds: float = 20) -> None:
    """Wait until somebody reads so many notices of that code, and no more."""

    def look() -> int | None:
        count = notices(client, record).count(code)
        return count if count >= times else None

    assert wait_for(look, f"notice {code}", seconds) == times


def gapless(found: list[Line]) -> bool:
    """Whether the lines of every strand are numbered from 1 without a gap, newest first."""
    strands: dict[str, list[int]] = {}
    for one in found:
        strands.setdefault(str(one["strand"]), []).append(int(one["number"]))
    return all(numbers == list(range(len(numbers), 0, -1)) for numbers in strands.values())
