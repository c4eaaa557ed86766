"""Checks of the whole journal in one pass from its first line on, with bounded memory."""

import secrets
from collections.abc import Iterator
from datetime import datetime

from services.audit.domain.faults import Fault, FaultKind
from services.audit.domain.links import LinkSums
from services.audit.domain.notes import Head, Verifier
from services.audit.domain.rebuilt import RebuiltTree
from services.audit.domain.strands import StoredLine
from services.audit.repositories.verification import VerificationRepository
from services.audit.verification.inspection import Inspector, TrustAnchors, check_head, outside_head


class FullRead:
    """Takes all lines in order; `faults`: those after which reading can go on."""

    def __init__(self, repository: VerificationRepository, anchors: TrustAnchors) -> None:
        self.faults: list[Fault] = []
        self.tree = RebuiltTree(repository.tile_or_empty)
        self.links = LinkSums(secrets.token_bytes(32))
        self.inspector = Inspector(anchors.sealer)
        self.heads = HeadCheck(repository, anchors, self.faults)
        self.is_complete = False
        self._repository = repository
        self._recorded_at: datetime | None = None

    def take(self, batch: list[StoredLine]) -> None:
        """Check the next lines.

        Raises:
            Fault: after which reading cannot go on.
        """
        strands = self._repository.strands_by_id(line.leaf.strand for line in batch)
        for line in batch:
            self._check_order(line)
            self.inspector.check(line, strands.get(line.leaf.strand))
            self.tree.append(line.leaf_hash)
            self.links.add(line.leaf, line.leaf_hash)
            self.heads.check(self.tree)

    def close(self, size: int) -> None:
        """Check the end, after the last line; `size`: the stored size of the journal.

        Raises:
            Fault.
        """
        self.heads.close(self.tree.size)
        if self.tree.size != size:
            raise Fault(FaultKind.SIZE, position=min(size, self.tree.size))
        if self.tree.close() != self._repository.count_tiles():
            raise Fault(FaultKind.UPPER_TILE, position=size)
        for strands in self._repository.strands_in_order():
            for strand in strands:
                self.links.close(strand)
        self.is_complete = True

    def _check_order(self, line: StoredLine) -> None:
        if line.position != self.tree.size:
            raise Fault(FaultKind.GAP, position=min(self.tree.size, line.position))
        if self._recorded_at is not None and line.recorded_at < self._recorded_at:
            raise Fault(FaultKind.RECORDED, position=line.position, strand=line.leaf.strand, number=line.leaf.number)
        self._recorded_at = line.recorded_at


class HeadCheck:
    """Compares each signed head with the tree when it has the head's size; faults are collected in `faults`.

    `count`: heads read, `signed`: size of the last head that was reached.
    """

    def __init__(self, repository: VerificationRepository, anchors: TrustAnchors, faults: list[Fault]) -> None:
        self.count = 0
        self.signed = 0
        self._faults = faults
        self._heads = self._valid_heads(repository, anchors.verifier)
        self._next = next(self._heads, None)
        self._outside = outside_head(anchors)

    def check(self, tree: RebuiltTree) -> None:
        """Compare the heads of this tree size; called after each leaf."""
        if self._outside is not None and self._outside.size == tree.size:
            self._compare(self._outside, tree, FaultKind.OUTSIDE_HEAD)
        if self._next is not None and self._next.size == tree.size:
            self._compare(self._next, tree, FaultKind.HEAD_ROOT)
            self.signed = tree.size
            self._next = next(self._heads, None)

    def close(self, size: int) -> None:
        """Report heads beyond the last leaf."""
        if self._outside is not None and self._outside.size > size:
            self._faults.append(Fault(FaultKind.OUTSIDE_HEAD, position=size))
        if self._next is not None:
            self._faults.append(Fault(FaultKind.HEAD_BEYOND, position=size))

    def _compare(self, head: Head, tree: RebuiltTree, kind: FaultKind) -> None:
        if head.root != tree.root():
            self._faults.append(Fault(kind, position=head.size - 1))

    def _valid_heads(self, repository: VerificationRepository, verifier: Verifier) -> Iterator[Head]:
        previous: Head | None = None
        for stored in repository.heads_in_order():
            self.count += 1
            try:
                previous = check_head(stored, verifier, previous)
            except Fault as fault:
                self._faults.append(fault)
            else:
                yield previous
