"""One reading of the whole journal from its first line on, in memory that does not grow with it."""

import secrets
from collections.abc import Iterator
from datetime import datetime

from services.audit.domain.faults import Fault, Wrong
from services.audit.domain.links import Links
from services.audit.domain.notes import Head, Verifier
from services.audit.domain.regrown import Regrown
from services.audit.domain.strands import StoredLine
from services.audit.handlers.inspection import Inspector, Trust, check_head, outside_head
from services.audit.repositories.verification import VerificationRepository


class Rereading:
    """Takes the lines in their order; `faults` are those after which reading can go on."""

    def __init__(self, repository: VerificationRepository, trust: Trust) -> None:
        self.faults: list[Fault] = []
        self.tree = Regrown(repository.tile_or_nothing)
        self.links = Links(secrets.token_bytes(32))
        self.inspector = Inspector(trust.sealer)
        self.heads = HeadCheck(repository, trust, self.faults)
        self.is_complete = False
        self._store = repository
        self._recorded_at: datetime | None = None

    def take(self, batch: list[StoredLine]) -> None:
        """The next lines.

        Raises:
            Fault: after which nothing more can be told.
        """
        strands = self._store.strands_named(line.leaf.strand for line in batch)
        for line in batch:
            self._check_order(line)
            self.inspector.check(line, strands.get(line.leaf.strand))
            self.tree.append(line.leaf_hash)
            self.links.add(line.leaf, line.leaf_hash)
            self.heads.meet(self.tree)

    def close(self, size: int) -> None:
        """No lines are left; the journal says it has `size`.

        Raises:
            Fault.
        """
        self.heads.close(self.tree.size)
        if self.tree.size != size:
            raise Fault(Wrong.SIZE, position=min(size, self.tree.size))
        if self.tree.close() != self._store.count_tiles():
            raise Fault(Wrong.UPPER_TILE, position=size)
        for strands in self._store.strands_in_order():
            for strand in strands:
                self.links.close(strand)
        self.is_complete = True

    def _check_order(self, line: StoredLine) -> None:
        if line.position != self.tree.size:
            raise Fault(Wrong.GAP, position=min(self.tree.size, line.position))
        if self._recorded_at is not None and line.recorded_at < self._recorded_at:
            raise Fault(Wrong.RECORDED, position=line.position, strand=line.leaf.strand, number=line.leaf.number)
        self._recorded_at = line.recorded_at


class HeadCheck:
    """The signed heads, each met when the tree has its size; what is wrong with one is noted, the reading goes on."""

    def __init__(self, repository: VerificationRepository, trust: Trust, faults: list[Fault]) -> None:
        self.count = 0
        self.signed = 0
        self._faults = faults
        self._coming = self._checked(repository, trust.verifier)
        self._next = next(self._coming, None)
        self._outside = outside_head(trust)

    def meet(self, tree: Regrown) -> None:
        """The tree has grown by a leaf."""
        if self._outside is not None and self._outside.size == tree.size:
            self._compare(self._outside, tree, Wrong.OUTSIDE_HEAD)
        if self._next is not None and self._next.size == tree.size:
            self._compare(self._next, tree, Wrong.HEAD_ROOT)
            self.signed = tree.size
            self._next = next(self._coming, None)

    def close(self, size: int) -> None:
        """The tree grows no more."""
        if self._outside is not None and self._outside.size > size:
            self._faults.append(Fault(Wrong.OUTSIDE_HEAD, position=size))
        if self._next is not None:
            self._faults.append(Fault(Wrong.HEAD_BEYOND, position=size))

    def _compare(self, head: Head, tree: Regrown, wrong: Wrong) -> None:
        if head.root != tree.root():
            self._faults.append(Fault(wrong, position=head.size - 1))

    def _checked(self, repository: VerificationRepository, verifier: Verifier) -> Iterator[Head]:
        before: Head | None = None
        for kept in repository.heads_in_order():
            self.count += 1
            try:
                before = check_head(kept, verifier, before)
            except Fault as fault:
                self._faults.append(fault)
            else:
                yield before
