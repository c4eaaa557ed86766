"""Decrypting the personal part of stored lines, where its key was not erased."""

from services.audit.domain.leaf import personal_from
from services.audit.domain.strands import OpenedLine, StoredLine, Strand
from services.audit.sealing import Sealer


def open_line(sealer: Sealer, strand: Strand, line: StoredLine) -> OpenedLine:
    """A line with its personal part; None once the identity was erased."""
    opening = opening_of(sealer, strand, line)
    personal = None if opening is None else personal_from(opening[1])
    return OpenedLine(position=line.position, leaf=line.leaf, personal=personal)


def opening_of(sealer: Sealer, strand: Strand, line: StoredLine) -> tuple[bytes, bytes] | None:
    """Nonce and personal part that open the line's commitment; None once the identity was erased."""
    if strand.wrapped_key is None or not strand.names(line.leaf.number):
        return None
    return sealer.cipher(strand.wrapped_key, strand.id).open(line.leaf.number, line.sealed)
