"""Adding to the journal: each entry becomes a leaf, at the end of its strand and of the tree."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

import msgspec

from chassis.units import RequestContext
from services.audit.domain.leaf import commitment_of, leaf_of, personal_bytes, personal_of
from services.audit.domain.merkle import extend
from services.audit.domain.strands import (
    ReceivedEntry,
    StoredLine,
    Strand,
    StrandKey,
    hash_of,
    is_marked,
    strand_key_of,
    strand_keys_shown_by,
)
from services.audit.repositories import AuditRepository
from services.audit.sealing import Sealer, StrandCipher, new_nonce


def append(repository: AuditRepository, sealer: Sealer, call: RequestContext[tuple[ReceivedEntry, ...]]) -> None:
    """Add entries in their order; everything it touches is guarded by the lock on the journal's end."""
    arrived = call.message
    end = repository.lock_end()
    recorded_at = end.next_moment(call.now)
    if end.is_first_of_month(recorded_at):
        repository.open_month(recorded_at, end.size)
    desk = _Appender(sealer, _strands(repository, sealer, arrived), recorded_at)
    lines = [desk.line(position, one) for position, one in enumerate(arrived, start=end.size)]
    repository.append(lines)
    repository.put_strands(list(desk.strands.values()))
    repository.put_tiles(extend(end.size, repository.tile, [line.leaf_hash for line in lines]))
    repository.move_end(end.size + len(lines), recorded_at)


class _Appender:
    """One bundle being written."""

    def __init__(self, sealer: Sealer, strands: dict[StrandKey, Strand], recorded_at: datetime) -> None:
        self.strands = strands
        self._sealer = sealer
        self._recorded_at = recorded_at
        self._ciphers: dict[StrandKey, StrandCipher] = {}

    def line(self, position: int, one: ReceivedEntry) -> StoredLine:
        """The next line of the strand the entry belongs to, at that place in the tree."""
        place = strand_key_of(one.entry)
        strand, nonce, personal = self.strands[place], new_nonce(), personal_bytes(personal_of(one.entry))
        number = strand.number + 1
        leaf = leaf_of(
            one.entry,
            one.event_id,
            one.at,
            strand=strand.strand,
            number=number,
            previous=strand.hash,
            commitment=commitment_of(personal, nonce),
        )
        its_hash = hash_of(leaf)
        self.strands[place] = strand.after(leaf, its_hash)
        document_id = one.entry.document_id
        return StoredLine(
            position=position,
            recorded_at=self._recorded_at,
            leaf=leaf,
            leaf_hash=its_hash,
            sealed=self._cipher(strand).seal(number, nonce, personal),
            actor_mark=self._sealer.actor_mark(one.entry.actor) if is_marked(one.entry.actor_role) else None,
            document_mark=None if document_id is None else self._sealer.document_mark(document_id),
        )

    def _cipher(self, strand: Strand) -> StrandCipher:
        if strand.place not in self._ciphers:
            assert strand.key is not None
            self._ciphers[strand.place] = self._sealer.cipher(strand.key, strand.strand)
        return self._ciphers[strand.place]


def _strands(
    repository: AuditRepository, sealer: Sealer, arrived: Sequence[ReceivedEntry]
) -> dict[StrandKey, Strand]:
    """The strands a bundle goes on, each with a key, and those it shows, as they are from now on."""
    written = {strand_key_of(one.entry) for one in arrived}
    appeared = {place for one in arrived for place in strand_keys_shown_by(one.entry)}
    known = repository.strands_at(written | appeared)
    strands = {
        place: known.get(place) or Strand(strand=uuid4(), place=place) for place in _in_order(written | appeared)
    }
    for place in appeared:
        strands[place] = msgspec.structs.replace(strands[place], shown=True)
    for place in written:
        # A first line, or the first after an erasure: who it is about can be read again from here on.
        if strands[place].key is None:
            strands[place] = strands[place].keyed_anew(sealer.new_key())
    return strands


def _in_order(places: Iterable[StrandKey]) -> list[StrandKey]:
    return sorted(places, key=str)
