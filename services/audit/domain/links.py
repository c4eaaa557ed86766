"""Whether every line of every strand goes on from where exactly one line ended, however many strands there are."""

from hashlib import blake2b
from uuid import UUID

from services.audit.domain.faults import Fault, Wrong
from services.audit.domain.leaf import NO_HASH, Leaf
from services.audit.domain.strands import Strand

_BUCKETS = 4096
_MODULUS = 1 << 256


class Links:
    """Sums over all lines in memory that does not grow: what lines leave must be what lines and ends take up.

    A multiset hash: under a key that nobody knew when the lines were written, two sums of keyed hashes are the same
    only if the same (strand, number, hash) were added on both sides. A sum apart for each bucket of strands tells
    where to look again, with `Followed`, if they are not.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._sums = [0] * _BUCKETS

    def add(self, leaf: Leaf, its_hash: bytes) -> None:
        """A line: takes up the end of the line before it, leaves one of its own."""
        strand = leaf.strand.bytes
        bucket = _bucket(leaf.strand)
        left = self._hash(strand, leaf.number, its_hash)
        taken = self._hash(strand, leaf.number - 1, bytes.fromhex(leaf.previous))
        self._sums[bucket] = (self._sums[bucket] + left - taken) % _MODULUS

    def close(self, strand: Strand) -> None:
        """A strand: leaves the end before its first line, takes up the last."""
        bucket, its_id = _bucket(strand.strand), strand.strand.bytes
        left = self._hash(its_id, 0, NO_HASH)
        taken = self._hash(its_id, strand.number, strand.hash)
        self._sums[bucket] = (self._sums[bucket] + left - taken) % _MODULUS

    def suspects(self) -> frozenset[int]:
        """Buckets of strands in which something does not follow; none once all strands are closed, if all is well."""
        return frozenset(bucket for bucket, left in enumerate(self._sums) if left)

    def _hash(self, strand: bytes, number: int, its_hash: bytes) -> int:
        said = strand + number.to_bytes(8, "big", signed=True) + its_hash
        return int.from_bytes(blake2b(said, digest_size=32, key=self._key).digest(), "big")


class Followed:
    """The same for some strands, line by line, so that the first that does not follow is found."""

    def __init__(self, buckets: frozenset[int] | None = None) -> None:
        self._buckets = buckets
        self._ends: dict[UUID, tuple[int, bytes]] = {}

    def add(self, position: int, leaf: Leaf, its_hash: bytes) -> None:
        """A line.

        Raises:
            Fault: it does not follow on the last one of its strand.
        """
        if self._buckets is not None and _bucket(leaf.strand) not in self._buckets:
            return
        number, previous = self._ends.get(leaf.strand, (0, NO_HASH))
        if leaf.number != number + 1 or leaf.previous != previous.hex():
            raise Fault(Wrong.LINK, position=position, strand=leaf.strand, number=leaf.number)
        self._ends[leaf.strand] = leaf.number, its_hash

    def close(self, strand: Strand) -> None:
        """A strand.

        Raises:
            Fault: it is not kept with the end that its lines have.
        """
        if self._buckets is not None and _bucket(strand.strand) not in self._buckets:
            return
        number, its_hash = self._ends.get(strand.strand, (0, NO_HASH))
        if (strand.number, strand.hash) != (number, its_hash):
            raise Fault(Wrong.STRAND_END, strand=strand.strand, number=strand.number)


def _bucket(strand: UUID) -> int:
    return strand.int % _BUCKETS
