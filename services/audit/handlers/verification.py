"""Verifying the journal from what is kept of it: every line, strand, node and head, or all about one patient."""

from collections.abc import Callable, Collection, Iterator
from uuid import UUID

import msgspec

from contracts.errors import RecordNotFound
from contracts.vocabulary import PatientId
from services.audit.archive import Archive
from services.audit.domain.faults import Fault, Wrong, earliest
from services.audit.domain.links import Followed
from services.audit.domain.merkle import Tree, root_from_inclusion
from services.audit.domain.notes import Head
from services.audit.domain.strands import StoredLine
from services.audit.handlers.inspection import Inspector, Trust, check_head, outside_head
from services.audit.handlers.rereading import Rereading
from services.audit.repositories.verification import VerificationRepository

Progress = Callable[[int, int], None]
"""Told how many lines are done, and how many there are."""


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was found to hold: `signed` lines lie under the newest head, the names of `closed` ones stayed shut."""

    lines: int
    heads: int
    signed: int
    opened: int
    closed: int


def verify_journal(
    repository: VerificationRepository, archive: Archive | None, trust: Trust, progress: Progress
) -> Verified:
    """Read the whole journal.

    Raises:
        Fault: the first bad entry. ServiceUnavailable: the archive is away.
    """
    total, reading = repository.end().size, Rereading(repository, trust)
    try:
        for batch in _lines(repository, archive):
            reading.take(batch)
            progress(reading.tree.size, total)
        reading.close(total)
    except Fault as fault:
        reading.faults.append(fault)
    _follow(repository, archive, reading)
    first = earliest(reading.faults)
    if first is not None:
        raise first
    return Verified(
        lines=reading.tree.size,
        heads=reading.heads.count,
        signed=reading.heads.signed,
        opened=reading.inspector.opened,
        closed=reading.inspector.closed,
    )


def verify_patient(
    repository: VerificationRepository,
    archive: Archive | None,
    trust: Trust,
    progress: Progress,
    patient_id: PatientId,
) -> Verified:
    """Read the lines about one patient, and prove each against the newest head.

    Raises:
        RecordNotFound: there is none. Fault: the first bad entry. ServiceUnavailable: the archive is away.
    """
    strands = {strand.strand: strand for strand in repository.strands_of(patient_id)}
    if not strands:
        raise RecordNotFound
    total, done = sum(strand.number for strand in strands.values()), 0
    proofs, inspector, followed = _Proofs(repository, trust), Inspector(trust.sealer), Followed()
    for batch in _lines(repository, archive, strands):
        for line in batch:
            inspector.check(line, strands[line.leaf.strand])
            followed.add(line.position, line.leaf, line.leaf_hash)
            proofs.check(line)
        done += len(batch)
        progress(done, total)
    for strand in strands.values():
        followed.close(strand)
    return Verified(
        lines=done, heads=proofs.heads, signed=proofs.signed, opened=inspector.opened, closed=inspector.closed
    )


def _follow(repository: VerificationRepository, archive: Archive | None, reading: Rereading) -> None:
    """Find the line that does not follow: only when something is wrong, since it takes memory for each strand."""
    suspects = reading.links.suspects() if reading.is_complete else None
    if suspects is not None and not suspects:
        return
    followed = Followed(suspects)
    try:
        for batch in _lines(repository, archive):
            for line in batch:
                followed.add(line.position, line.leaf, line.leaf_hash)
        for strands in repository.strands_in_order():
            for strand in strands:
                followed.close(strand)
    except Fault as fault:
        reading.faults.append(fault)


def _lines(
    repository: VerificationRepository, archive: Archive | None, strands: Collection[UUID] | None = None
) -> Iterator[list[StoredLine]]:
    """All lines in their order, or those of some strands: the archived months, then what is attached."""
    for month in repository.archived_months():
        if archive is None:
            raise Fault(Wrong.ARCHIVE, position=month.first_position)
        for batch in archive.lines(month):
            yield batch if strands is None else [line for line in batch if line.leaf.strand in strands]
    yield from repository.lines_in_order(of=strands)


class _Proofs:
    """The tree as its tiles have it, proven to be that of the newest head, and lines proven to be in it."""

    def __init__(self, repository: VerificationRepository, trust: Trust) -> None:
        self._tree = Tree(repository.end().size, repository.tile_or_nothing)
        kept = repository.newest_head()
        head = None if kept is None else check_head(kept, trust.verifier, None)
        outside = outside_head(trust)
        if outside is not None:
            self._compare(outside, Wrong.OUTSIDE_HEAD, Wrong.OUTSIDE_HEAD)
        if head is not None:
            self._compare(head, Wrong.HEAD_BEYOND, Wrong.HEAD_ROOT)
        self.signed = 0 if head is None else head.size
        self.heads = 0 if head is None else 1

    def check(self, line: StoredLine) -> None:
        """A line is in the tree of the head, or, if it is younger, in the tree as it is.

        Raises:
            Fault.
        """
        size = self.signed if line.position < self.signed else self._tree.size
        try:
            path = self._tree.inclusion(line.position, size)
            is_in = root_from_inclusion(line.leaf_hash, line.position, size, path) == self._tree.root(size)
        except ValueError:
            is_in = False
        if not is_in:
            raise Fault(Wrong.TILE, position=line.position, strand=line.leaf.strand, number=line.leaf.number)

    def _compare(self, head: Head, beyond: Wrong, other: Wrong) -> None:
        if head.size > self._tree.size:
            raise Fault(beyond, position=self._tree.size)
        try:
            is_same = self._tree.root(head.size) == head.root
        except ValueError:
            is_same = False
        if not is_same:
            raise Fault(other, position=head.size - 1)
