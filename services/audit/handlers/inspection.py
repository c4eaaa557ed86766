"""Looking at one line, or one signed head, as it is kept: whether it says of itself what it must."""

from functools import lru_cache
from uuid import UUID

import msgspec

from contracts.vocabulary import Role
from services.audit.domain.faults import Fault, Wrong
from services.audit.domain.leaf import Personal, commitment_of, personal_from
from services.audit.domain.notes import Head, NoteInvalid, Verifier, note_from
from services.audit.domain.strands import StoredLine, Strand, hash_of, is_marked
from services.audit.repositories.heads import KeptHead
from services.audit.sealing import SealBroken, Sealer, StrandCipher
from services.audit.signing import is_signed_by

_CIPHERS = 10_000
_ROLES = frozenset(role.value for role in Role)


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """What a verification believes: the key of heads, the subject key if there is one, a note an outsider kept."""

    verifier: Verifier
    sealer: Sealer | None = None
    outside: str = ""


class Inspector:
    """Inspects lines; without a sealer the names are not opened. `opened` and `closed` count lines."""

    def __init__(self, sealer: Sealer | None) -> None:
        self._sealer = sealer
        self._cipher = lru_cache(_CIPHERS)(self._fresh_cipher)
        self.opened = 0
        self.closed = 0

    def check(self, line: StoredLine, strand: Strand | None) -> None:
        """The hash is that of the line, and where its names can be read they are what it commits to.

        Raises:
            Fault: the first thing that is not so.
        """
        if hash_of(line.leaf) != line.leaf_hash:
            raise _fault(Wrong.LEAF, line)
        if strand is None:
            raise _fault(Wrong.UNKNOWN_STRAND, line)
        if self._sealer is None or strand.key is None or not strand.names(line.leaf.number):
            self.closed += 1
            return
        personal = self._open(self._sealer, strand.key, line)
        if not _is_stored(self._sealer, line, strand, personal):
            raise _fault(Wrong.STORED, line)
        self.opened += 1

    def _open(self, sealer: Sealer, key: bytes, line: StoredLine) -> Personal:
        try:
            nonce, personal = self._cipher(sealer, key, line.leaf.strand).open(line.leaf.number, line.sealed)
        except SealBroken:
            raise _fault(Wrong.OPENING, line) from None
        if commitment_of(personal, nonce).hex() != line.leaf.commitment:
            raise _fault(Wrong.OPENING, line)
        return personal_from(personal)

    @staticmethod
    def _fresh_cipher(sealer: Sealer, key: bytes, strand: UUID) -> StrandCipher:
        return sealer.cipher(key, strand)


def check_head(kept: KeptHead, verifier: Verifier, before: Head | None) -> Head:
    """The head of a kept note: signed, of the size and time it is kept under, later than the one before.

    Raises:
        Fault.
    """
    head = _signed_head(kept.note, verifier, Wrong.HEAD_UNSIGNED, position=kept.size - 1)
    is_later = before is None or (before.size < head.size and before.at <= head.at)
    if head.size != kept.size or head.at != kept.at or head.size < 1 or not is_later:
        raise Fault(Wrong.HEAD_ORDER, position=kept.size - 1)
    return head


def outside_head(trust: Trust) -> Head | None:
    """The head that an outsider kept, if one is shown.

    Raises:
        Fault: it is no note, or has no good signature by this key.
    """
    return _signed_head(trust.outside, trust.verifier, Wrong.OUTSIDE_UNSIGNED) if trust.outside else None


def _signed_head(note: str, verifier: Verifier, wrong: Wrong, *, position: int | None = None) -> Head:
    try:
        opened = note_from(note)
    except NoteInvalid:
        raise Fault(wrong, position=position) from None
    if not is_signed_by(opened, verifier) or opened.head.origin != verifier.name:
        raise Fault(wrong, position=position)
    return opened.head


def _is_stored(sealer: Sealer, line: StoredLine, strand: Strand, personal: Personal) -> bool:
    """Whether a line is found under the patient, the actor and the document it is about."""
    document_id, place = personal.document_id, strand.place
    if line.leaf.role not in _ROLES:
        return False
    actor_mark = sealer.actor_mark(personal.actor) if is_marked(Role(line.leaf.role)) else None
    document_mark = None if document_id is None else sealer.document_mark(document_id)
    return (
        personal.patient_id == place.patient_id
        and place.document_id in (None, document_id)
        and (actor_mark, document_mark) == (line.actor_mark, line.document_mark)
    )


def _fault(wrong: Wrong, line: StoredLine) -> Fault:
    return Fault(wrong, position=line.position, strand=line.leaf.strand, number=line.leaf.number)
