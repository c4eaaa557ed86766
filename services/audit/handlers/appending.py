"""Appending to the journal: each entry becomes a leaf, at the end of its strand and of the tree."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

import msgspec

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import ReceivedEvent, listens_to_bundle
from contracts.audit import JournalEntry
from services.audit.context import AuditContext
from services.audit.domain.leaf import commitment_of, leaf_of, personal_bytes, personal_of
from services.audit.domain.merkle import extend
from services.audit.domain.strands import (
    StoredLine,
    Strand,
    StrandKey,
    hash_of,
    is_actor_searchable,
    strand_key_of,
    strand_keys_shown_by,
)
from services.audit.sealing import Sealer, StrandCipher, new_nonce
from services.audit.unknown_patients import Bundle, attribute


# One bundle at a time: a second would only wait for the lock on the journal's end.
@listens_to_bundle(JournalEntry, access=unjournalled(NoEntry.IS_ENTRY, NoQuestion.SENDER), concurrency=1)
def append(ctx: AuditContext, events: Bundle) -> None:
    """Append entries in their order; the lock on the journal's end guards all that is written here."""
    events = attribute(ctx, events)
    repository = ctx.repository
    end = repository.lock_end()
    recorded_at = end.next_moment(ctx.now)
    if end.is_first_of_month(recorded_at):
        repository.open_month(recorded_at, end.size)
    appender = _Appender(ctx.sealer, _strands_of(ctx, events), recorded_at)
    lines = [appender.next_line(position, received) for position, received in enumerate(events, start=end.size)]
    repository.append(lines)
    repository.put_strands(list(appender.strands.values()))
    repository.put_tiles(extend(end.size, repository.tile, [line.leaf_hash for line in lines]))
    repository.move_end(end.size + len(lines), recorded_at)


class _Appender:
    """Makes the lines of one bundle; `strands` move on with each line."""

    def __init__(self, sealer: Sealer, strands: dict[StrandKey, Strand], recorded_at: datetime) -> None:
        self.strands = strands
        self._sealer = sealer
        self._recorded_at = recorded_at
        self._ciphers: dict[StrandKey, StrandCipher] = {}

    def next_line(self, position: int, received: ReceivedEvent[JournalEntry]) -> StoredLine:
        """The next line of the entry's strand, at this position of the tree."""
        entry = received.event
        strand, nonce = self.strands[strand_key_of(entry)], new_nonce()
        personal, number = personal_bytes(personal_of(entry)), strand.number + 1
        leaf = leaf_of(
            entry,
            received.id,
            received.at,
            strand=strand.id,
            number=number,
            previous=strand.hash,
            commitment=commitment_of(personal, nonce),
        )
        leaf_hash = hash_of(leaf)
        self.strands[strand.strand_key] = strand.after(leaf, leaf_hash)
        is_searchable, document_id = is_actor_searchable(entry.actor_role), entry.document_id
        return StoredLine(
            position=position,
            recorded_at=self._recorded_at,
            leaf=leaf,
            leaf_hash=leaf_hash,
            sealed=self._cipher(strand).seal(number, nonce, personal),
            actor_blind_index=self._sealer.actor_blind_index(entry.actor) if is_searchable else None,
            document_blind_index=None if document_id is None else self._sealer.document_blind_index(document_id),
        )

    def _cipher(self, strand: Strand) -> StrandCipher:
        if strand.strand_key not in self._ciphers:
            assert strand.wrapped_key is not None
            self._ciphers[strand.strand_key] = self._sealer.cipher(strand.wrapped_key, strand.id)
        return self._ciphers[strand.strand_key]


def _strands_of(ctx: AuditContext, events: Bundle) -> dict[StrandKey, Strand]:
    """The strands a bundle continues, each with a wrapped key, and those it shows, already marked as shown."""
    continued = {strand_key_of(received.event) for received in events}
    shown = {key for received in events for key in strand_keys_shown_by(received.event)}
    known = ctx.repository.strands_by_key(continued | shown)
    strands = {key: known.get(key) or Strand(id=uuid4(), strand_key=key) for key in _in_order(continued | shown)}
    for key in shown:
        strands[key] = msgspec.structs.replace(strands[key], shown=True)
    for key in continued:
        # The first line of a strand, or the first after an erasure: names can be read again from here on.
        if strands[key].wrapped_key is None:
            strands[key] = strands[key].with_new_key(ctx.sealer.new_key())
    return strands


def _in_order(keys: Iterable[StrandKey]) -> list[StrandKey]:
    return sorted(keys, key=str)
