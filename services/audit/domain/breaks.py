"""A break of the journal: a signed statement that published heads are not continued, as their lines were lost."""

import re
from base64 import b64encode
from datetime import UTC, datetime

import msgspec

from services.audit.domain.notes import TIME, Head, NoteInvalid, root_from

_TEXT = re.compile(
    r"^(\S+)\nbreak\n([1-9][0-9]*) (\S+)\n(0|[1-9][0-9]*) (\S+)\nat (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\n$"
)


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """The head `lost` was published and is not continued; the journal goes on from `kept_size`.

    `kept_size`, `kept_root`: the tree of the newest head that is continued; 0 and the root of the empty tree if none.
    `at` in UTC, whole seconds.
    """

    origin: str
    lost_size: int
    lost_root: bytes
    kept_size: int
    kept_root: bytes
    at: datetime

    @property
    def text(self) -> str:
        """The text that is signed; its second line is no number, so that it is no head."""
        at = self.at.astimezone(UTC).strftime(TIME)
        lost, kept = b64encode(self.lost_root).decode(), b64encode(self.kept_root).decode()
        return f"{self.origin}\nbreak\n{self.lost_size} {lost}\n{self.kept_size} {kept}\nat {at}\n"

    def covers(self, head: Head) -> bool:
        """Whether a head is one of those that are not continued: published before, and beyond what was kept."""
        return self.kept_size < head.size <= self.lost_size and head.at <= self.at


def break_from(text: str) -> Break:
    """Parse the text of a break.

    Raises:
        NoteInvalid.
    """
    match = _TEXT.match(text)
    if match is None:
        raise NoteInvalid("not a break")
    return Break(
        origin=match[1],
        lost_size=int(match[2]),
        lost_root=root_from(match[3]),
        kept_size=int(match[4]),
        kept_root=root_from(match[5]),
        at=datetime.strptime(match[6], TIME).replace(tzinfo=UTC),
    )
