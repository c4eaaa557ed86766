"""Extracts of the national directory: whom one states is entered or renewed, whom a whole one leaves out retires."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from contracts.codes import is_retired, professions
from services.identity import domain
from services.identity.extracts import Extract, ExtractKind, ExtractRow
from services.identity.repositories.extracts import Counted, ExtractRepository

ProgressCallback = Callable[[int, int], None]
"""Told now and then how many bytes of how many are read."""

_PROGRESS_EVERY = 10_000


class ImportUnderWay(Exception):
    """Somebody else is taking an extract in."""


@dataclass(frozen=True)
class ImportResult:
    """What became of an extract, in people; one that states specialties only is not counted."""

    new: int
    changed: int
    gone: int
    counted: Counted | None


class TooManyRetired(Exception):
    """The extract leaves out more people than leave in earnest; nothing was entered."""

    def __init__(self, counted: Counted) -> None:
        super().__init__(counted)
        self.counted = counted


def take_extract(
    extract: Extract,
    repositories: ExtractRepository,
    *,
    now: datetime,
    delta: bool,
    may_retire: bool,
    told: ProgressCallback,
) -> ImportResult:
    """Read an extract to its end and bring the directory to what it states.

    A delta retires nobody. A person with a line that does not read stays as they are. May be long.

    Args:
        may_retire: also more than a twentieth of those known.

    Raises:
        ImportUnderWay, TooManyGone: nothing was entered.
    """
    if not repositories.take_turn():
        raise ImportUnderWay
    repositories.stage(_with_progress(extract, told))
    if extract.kind is ExtractKind.SKILLS:
        repositories.enter_specialties(whole=not delta)
        return ImportResult(*repositories.entered(), gone=0, counted=None)
    repositories.state(code for code in professions() if is_retired(code))
    counted = repositories.count()
    if not delta and not may_retire and domain.retires_too_many(counted.left_out, counted.known):
        raise TooManyRetired(counted)
    repositories.enter(tells_specialties=extract.tells_specialties)
    gone = 0 if delta else repositories.retire(now)
    return ImportResult(*repositories.entered(), gone=gone, counted=counted)


def _with_progress(extract: Extract, told: ProgressCallback) -> Iterator[ExtractRow]:
    for count, line in enumerate(extract.rows()):
        if count % _PROGRESS_EVERY == 0:
            told(extract.done, extract.size)
        yield line
    told(extract.size, extract.size)
