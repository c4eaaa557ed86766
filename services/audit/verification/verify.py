"""Verification of the stored journal: every line, strand, tree node and head, or all lines about one patient."""

from collections.abc import Callable, Collection, Iterator
from uuid import UUID

import msgspec

from contracts.errors.request import RecordNotFound
from contracts.vocabulary import PatientId
from services.audit.archive import Archive
from services.audit.domain.faults import Fault, FaultKind, earliest
from services.audit.domain.links import LinkCheck
from services.audit.domain.merkle import Tree, root_from_inclusion
from services.audit.domain.notes import Head
from services.audit.domain.strands import StoredLine
from services.audit.repositories.verification import VerificationRepository
from services.audit.verification.full_read import FullRead
from services.audit.verification.inspection import Inspector, TrustAnchors, check_head, outside_head

OnProgress = Callable[[int, int], None]
"""(lines done, lines in total)"""


class VerificationResult(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of a verification without a fault.

    `signed`: lines under the newest head. `opened`, `closed`: lines whose personal part was decrypted, or not.
    """

    lines: int
    heads: int
    signed: int
    opened: int
    closed: int


def verify_journal(
    repository: VerificationRepository, archive: Archive | None, anchors: TrustAnchors, on_progress: OnProgress
) -> VerificationResult:
    """Verify the whole journal.

    Raises:
        Fault: the first faulty entry. ServiceUnavailable: the archive does not answer.
    """
    total, reading = repository.end().size, FullRead(repository, anchors)
    try:
        for batch in _lines(repository, archive):
            reading.take(batch)
            on_progress(reading.tree.size, total)
        reading.close(total)
    except Fault as fault:
        reading.faults.append(fault)
    _check_links(repository, archive, reading)
    first = earliest(reading.faults)
    if first is not None:
        raise first
    return VerificationResult(
        lines=reading.tree.size,
        heads=reading.heads.count,
        signed=reading.heads.signed,
        opened=reading.inspector.opened,
        closed=reading.inspector.closed,
    )


def verify_patient(
    repository: VerificationRepository,
    archive: Archive | None,
    anchors: TrustAnchors,
    on_progress: OnProgress,
    patient_id: PatientId,
) -> VerificationResult:
    """Verify the lines about one patient, each with a proof against the newest head.

    Raises:
        RecordNotFound: there is no line. Fault, ServiceUnavailable: as `verify_journal`.
    """
    strands = {strand.id: strand for strand in repository.strands_of(patient_id)}
    if not strands:
        raise RecordNotFound
    total, done = sum(strand.number for strand in strands.values()), 0
    proofs, inspector, links = _ProofCheck(repository, anchors), Inspector(anchors.sealer), LinkCheck()
    for batch in _lines(repository, archive, strands):
        for line in batch:
            inspector.check(line, strands[line.leaf.strand])
            links.add(line.position, line.leaf, line.leaf_hash)
            proofs.check(line)
        done += len(batch)
        on_progress(done, total)
    for strand in strands.values():
        links.close(strand)
    return VerificationResult(
        lines=done, heads=proofs.heads, signed=proofs.signed, opened=inspector.opened, closed=inspector.closed
    )


def _check_links(repository: VerificationRepository, archive: Archive | None, reading: FullRead) -> None:
    """Find the line with a wrong link; only when one is wrong, since this takes memory for each strand."""
    suspects = reading.links.suspects() if reading.is_complete else None
    if suspects is not None and not suspects:
        return
    links = LinkCheck(suspects)
    try:
        for batch in _lines(repository, archive):
            for line in batch:
                links.add(line.position, line.leaf, line.leaf_hash)
        for strands in repository.strands_in_order():
            for strand in strands:
                links.close(strand)
    except Fault as fault:
        reading.faults.append(fault)


def _lines(
    repository: VerificationRepository, archive: Archive | None, strands: Collection[UUID] | None = None
) -> Iterator[list[StoredLine]]:
    """Batches of all lines in order, or those of some strands: archived months first, then the database."""
    for month in repository.archived_months():
        if archive is None:
            raise Fault(FaultKind.ARCHIVE, position=month.first_position)
        for batch in archive.lines(month):
            yield batch if strands is None else [line for line in batch if line.leaf.strand in strands]
    yield from repository.lines_in_order(of=strands)


class _ProofCheck:
    """Proves that the tree of the stored tiles is that of the newest head, and that lines are in it.

    `signed`: size of the newest head, `heads`: 1, or 0 without a head.
    """

    def __init__(self, repository: VerificationRepository, anchors: TrustAnchors) -> None:
        self._tree = Tree(repository.end().size, repository.tile_or_empty)
        stored = repository.newest_head()
        head = None if stored is None else check_head(stored, anchors.verifier, None)
        outside = outside_head(anchors)
        if outside is not None:
            self._compare(outside, FaultKind.OUTSIDE_HEAD, FaultKind.OUTSIDE_HEAD)
        if head is not None:
            self._compare(head, FaultKind.HEAD_BEYOND, FaultKind.HEAD_ROOT)
        self.signed = 0 if head is None else head.size
        self.heads = 0 if head is None else 1

    def check(self, line: StoredLine) -> None:
        """The line is in the tree of the newest head, or, if appended after it, in the stored tree.

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
            raise Fault(FaultKind.TILE, position=line.position, strand=line.leaf.strand, number=line.leaf.number)

    def _compare(self, head: Head, beyond: FaultKind, other: FaultKind) -> None:
        if head.size > self._tree.size:
            raise Fault(beyond, position=self._tree.size)
        try:
            is_same = self._tree.root(head.size) == head.root
        except ValueError:
            is_same = False
        if not is_same:
            raise Fault(other, position=head.size - 1)
