"""Imports extracts of the national directory: enters whom one states, retires whom a whole one leaves out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from contracts.codes.profession_codes import is_retired, professions
from services.identity import domain
from services.identity.extracts import Extract, ExtractKind, ExtractRow
from services.identity.repositories.extracts import ExtractCounts, ExtractRepository

ProgressCallback = Callable[[int, int], None]
"""Called now and then with the number of bytes read, and of bytes in all."""

_PROGRESS_EVERY = 10_000


class ImportUnderWay(Exception):
    """Another process is importing an extract."""


@dataclass(frozen=True)
class ImportResult:
    """The number of people added, changed and retired; `counts` is None for an extract of specialties only."""

    new: int
    changed: int
    gone: int
    counts: ExtractCounts | None


class TooManyRetired(Exception):
    """The extract leaves out more people than plausibly retired; nothing was changed."""

    def __init__(self, counts: ExtractCounts) -> None:
        super().__init__(counts)
        self.counts = counts


def import_extract(
    extract: Extract,
    repository: ExtractRepository,
    *,
    now: datetime,
    delta: bool,
    may_retire: bool,
    on_progress: ProgressCallback,
) -> ImportResult:
    """Read an extract to its end and bring the directory to what it states; may take minutes.

    A person with a line that cannot be read stays unchanged.

    Args:
        delta: retire nobody.
        may_retire: retire also more than a twentieth of those known.

    Raises:
        ImportUnderWay, TooManyRetired: nothing was changed.
    """
    if not repository.lock_imports():
        raise ImportUnderWay
    repository.stage(_with_progress(extract, on_progress))
    if extract.kind is ExtractKind.SKILLS:
        repository.enter_specialties(whole=not delta)
        return ImportResult(*repository.entered(), gone=0, counts=None)
    repository.merge_lines(code for code in professions() if is_retired(code))
    counts = repository.count()
    if not delta and not may_retire and domain.retires_too_many(counts.left_out, counts.known):
        raise TooManyRetired(counts)
    repository.enter(has_specialties=extract.has_specialties)
    gone = 0 if delta else repository.retire(now)
    return ImportResult(*repository.entered(), gone=gone, counts=counts)


def _with_progress(extract: Extract, on_progress: ProgressCallback) -> Iterator[ExtractRow]:
    for count, row in enumerate(extract.rows()):
        if count % _PROGRESS_EVERY == 0:
            on_progress(extract.done, extract.size)
        yield row
    on_progress(extract.size, extract.size)
