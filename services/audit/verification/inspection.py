"""Checks of a single stored line or head, by itself."""

from functools import lru_cache
from uuid import UUID

import msgspec

from contracts.vocabulary import Role
from services.audit.domain.faults import Fault, FaultKind
from services.audit.domain.leaf import Personal, commitment_of, personal_from
from services.audit.domain.notes import Head, NoteInvalid, Verifier, note_from
from services.audit.domain.strands import StoredLine, Strand, hash_of, is_actor_searchable
from services.audit.repositories.heads import StoredHead
from services.audit.sealing import SealBroken, Sealer, StrandCipher
from services.audit.signing import is_signed_by

_CIPHERS = 10_000
_ROLES = frozenset(role.value for role in Role)


class TrustAnchors(msgspec.Struct, frozen=True, kw_only=True):
    """What a verification takes as given; `outside`: the note of a head kept outside the platform, or empty."""

    verifier: Verifier
    sealer: Sealer | None = None
    outside: str = ""


class Inspector:
    """Checks lines; without a sealer, personal parts are not decrypted.

    `opened`, `closed`: lines whose personal part was decrypted, or not.
    """

    def __init__(self, sealer: Sealer | None) -> None:
        self._sealer = sealer
        self._cipher = lru_cache(_CIPHERS)(self._new_cipher)
        self.opened = 0
        self.closed = 0

    def check(self, line: StoredLine, strand: Strand | None) -> None:
        """The stored hash is the line's; a personal part that can be decrypted is the one it commits to.

        Raises:
            Fault: the first check that fails.
        """
        if hash_of(line.leaf) != line.leaf_hash:
            raise _fault(FaultKind.LEAF, line)
        if strand is None:
            raise _fault(FaultKind.UNKNOWN_STRAND, line)
        if self._sealer is None or strand.wrapped_key is None or not strand.names(line.leaf.number):
            self.closed += 1
            return
        personal = self._open(self._sealer, strand.wrapped_key, line)
        if not _is_indexed(self._sealer, line, strand, personal):
            raise _fault(FaultKind.STORED, line)
        self.opened += 1

    def _open(self, sealer: Sealer, wrapped_key: bytes, line: StoredLine) -> Personal:
        try:
            nonce, personal = self._cipher(sealer, wrapped_key, line.leaf.strand).open(line.leaf.number, line.sealed)
        except SealBroken:
            raise _fault(FaultKind.OPENING, line) from None
        if commitment_of(personal, nonce).hex() != line.leaf.commitment:
            raise _fault(FaultKind.OPENING, line)
        return personal_from(personal)

    @staticmethod
    def _new_cipher(sealer: Sealer, wrapped_key: bytes, strand_id: UUID) -> StrandCipher:
        return sealer.cipher(wrapped_key, strand_id)


def check_head(stored: StoredHead, verifier: Verifier, previous: Head | None) -> Head:
    """The head of a stored note: signed, of the stored size and time, later than the previous one.

    Raises:
        Fault.
    """
    head = _signed_head(stored.note, verifier, FaultKind.HEAD_UNSIGNED, position=stored.size - 1)
    is_later = previous is None or (previous.size < head.size and previous.at <= head.at)
    if head.size != stored.size or head.at != stored.at or head.size < 1 or not is_later:
        raise Fault(FaultKind.HEAD_ORDER, position=stored.size - 1)
    return head


def outside_head(anchors: TrustAnchors) -> Head | None:
    """The head kept outside the platform, if one was given.

    Raises:
        Fault: it is not a note, or has no valid signature by this key.
    """
    return _signed_head(anchors.outside, anchors.verifier, FaultKind.OUTSIDE_UNSIGNED) if anchors.outside else None


def _signed_head(note: str, verifier: Verifier, kind: FaultKind, *, position: int | None = None) -> Head:
    try:
        parsed = note_from(note)
    except NoteInvalid:
        raise Fault(kind, position=position) from None
    if not is_signed_by(parsed, verifier) or parsed.head.origin != verifier.name:
        raise Fault(kind, position=position)
    return parsed.head


def _is_indexed(sealer: Sealer, line: StoredLine, strand: Strand, personal: Personal) -> bool:
    """Whether strand and blind indexes of a line are those of its patient, actor and document."""
    document_id, strand_key = personal.document_id, strand.strand_key
    if line.leaf.role not in _ROLES:
        return False
    is_searchable = is_actor_searchable(Role(line.leaf.role))
    actor_blind_index = sealer.actor_blind_index(personal.actor) if is_searchable else None
    document_blind_index = None if document_id is None else sealer.document_blind_index(document_id)
    return (
        personal.patient_id == strand_key.patient_id
        and strand_key.document_id in (None, document_id)
        and (actor_blind_index, document_blind_index) == (line.actor_blind_index, line.document_blind_index)
    )


def _fault(kind: FaultKind, line: StoredLine) -> Fault:
    return Fault(kind, position=line.position, strand=line.leaf.strand, number=line.leaf.number)
