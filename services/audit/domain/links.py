"""Whether each line of each strand links to the line before it, with bounded memory for any number of strands."""

from hashlib import blake2b
from uuid import UUID

from services.audit.domain.faults import Fault, FaultKind
from services.audit.domain.leaf import NO_HASH, Leaf
from services.audit.domain.strands import Strand

_BUCKETS = 4096
_MODULUS = 1 << 256


class LinkSums:
    """A multiset hash over all links: what lines produce must equal what later lines and strand ends consume.

    Under a key that nobody knew when the lines were written, two sums of keyed hashes are equal only if the same
    (strand, number, hash) were added on both sides. One sum for each bucket of strands: `LinkCheck` looks again at
    those that are not balanced.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._sums = [0] * _BUCKETS

    def add(self, leaf: Leaf, leaf_hash: bytes) -> None:
        """Add a line: it consumes the hash of the line before it and produces its own."""
        strand = leaf.strand.bytes
        bucket = _bucket(leaf.strand)
        produced = self._hash(strand, leaf.number, leaf_hash)
        consumed = self._hash(strand, leaf.number - 1, bytes.fromhex(leaf.previous))
        self._sums[bucket] = (self._sums[bucket] + produced - consumed) % _MODULUS

    def close(self, strand: Strand) -> None:
        """Add a strand: it produces the hash before its first line and consumes that of its last."""
        bucket, strand_id = _bucket(strand.id), strand.id.bytes
        produced = self._hash(strand_id, 0, NO_HASH)
        consumed = self._hash(strand_id, strand.number, strand.hash)
        self._sums[bucket] = (self._sums[bucket] + produced - consumed) % _MODULUS

    def suspects(self) -> frozenset[int]:
        """Buckets whose sums are not balanced; empty once all lines and strands are added, if every link is right."""
        return frozenset(bucket for bucket, balance in enumerate(self._sums) if balance)

    def _hash(self, strand: bytes, number: int, line_hash: bytes) -> int:
        link = strand + number.to_bytes(8, "big", signed=True) + line_hash
        return int.from_bytes(blake2b(link, digest_size=32, key=self._key).digest(), "big")


class LinkCheck:
    """Checks links line by line, for all strands or those of some buckets, and finds the first that is wrong."""

    def __init__(self, buckets: frozenset[int] | None = None) -> None:
        self._buckets = buckets
        self._ends: dict[UUID, tuple[int, bytes]] = {}

    def add(self, position: int, leaf: Leaf, leaf_hash: bytes) -> None:
        """Check the next line.

        Raises:
            Fault: it does not link to the last line of its strand.
        """
        if self._buckets is not None and _bucket(leaf.strand) not in self._buckets:
            return
        number, previous = self._ends.get(leaf.strand, (0, NO_HASH))
        if leaf.number != number + 1 or leaf.previous != previous.hex():
            raise Fault(FaultKind.LINK, position=position, strand=leaf.strand, number=leaf.number)
        self._ends[leaf.strand] = leaf.number, leaf_hash

    def close(self, strand: Strand) -> None:
        """Check the stored end of a strand.

        Raises:
            Fault: it is not that of its last line.
        """
        if self._buckets is not None and _bucket(strand.id) not in self._buckets:
            return
        number, last_hash = self._ends.get(strand.id, (0, NO_HASH))
        if (strand.number, strand.hash) != (number, last_hash):
            raise Fault(FaultKind.STRAND_END, strand=strand.id, number=strand.number)


def _bucket(strand_id: UUID) -> int:
    return strand_id.int % _BUCKETS
