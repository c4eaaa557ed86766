"""Reading a patient's journal, in words or with its proofs, by whom consent lets in; the reading is a line of it."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Any, TypeVar

from chassis.units import RequestContext
from contracts.audit import Journal, JournalEntry, Proofs, ProvenLine, ReadJournal, ReadProofs
from contracts.consent import Consent, Decide, Decision, Purpose
from contracts.envelope import Problem
from contracts.errors import HeadNotFound, refusal_from
from contracts.vocabulary import Act, Capacity, Outcome, PatientId
from services.audit.domain.leaf import leaf_bytes, personal_from
from services.audit.domain.merkle import Tree
from services.audit.domain.questions import check_count, check_span
from services.audit.domain.sentences import render
from services.audit.domain.strands import OpenedLine, StoredLine, Strand, shown_to
from services.audit.repositories import AuditRepository
from services.audit.repositories.lines import Wanted
from services.audit.sealing import Sealer

Q = TypeVar("Q", ReadJournal, ReadProofs)


def read_journal(repository: AuditRepository, sealer: Sealer, call: RequestContext[ReadJournal]) -> Journal:
    """A page of the lines this reader is shown.

    Raises:
        Refusal: consent's, journalled. InvalidRequest: count or span.
    """
    asked = call.message
    decision = _ask(call)
    check_count(asked.count)
    check_span(asked.since, asked.until)
    strands = _shown(repository, asked.patient_id, decision)
    lines = repository.lines_of(strands, _wanted(asked, sealer), asked.count)
    _journal(call, Outcome.ALLOWED, decision.reason, decision.capacity)
    opened = (open_line(sealer, strands[line.leaf.strand], line) for line in lines)
    return Journal(lines=tuple(render(one, asked.patient_id, call.actor) for one in opened))


def read_proofs(repository: AuditRepository, sealer: Sealer, call: RequestContext[ReadProofs]) -> Proofs:
    """The same lines as leaves with their openings, each with its path to the root of the newest head.

    Raises:
        Refusal: consent's, journalled. InvalidRequest: count. HeadNotFound: no head was signed yet.
    """
    asked = call.message
    decision = _ask(call)
    check_count(asked.count)
    head = repository.newest_head()
    if head is None:
        raise HeadNotFound
    strands = _shown(repository, asked.patient_id, decision)
    before = head.size if asked.before is None else min(asked.before, head.size)
    lines = repository.lines_of(strands, Wanted(before=before), asked.count)
    tree = repository.tree(head.size, [line.position for line in lines])
    _journal(call, Outcome.ALLOWED, decision.reason, decision.capacity)
    proven = tuple(_proven(sealer, strands[line.leaf.strand], line, tree) for line in lines)
    return Proofs(head=head.note, lines=proven)


def open_line(sealer: Sealer, strand: Strand, line: StoredLine) -> OpenedLine:
    """A line with whom it is about, where that can still be read."""
    opening = _opening(sealer, strand, line)
    personal = None if opening is None else personal_from(opening[1])
    return OpenedLine(position=line.position, leaf=line.leaf, personal=personal)


def _opening(sealer: Sealer, strand: Strand, line: StoredLine) -> tuple[bytes, bytes] | None:
    if strand.key is None or not strand.names(line.leaf.number):
        return None
    return sealer.cipher(strand.key, strand.strand).open(line.leaf.number, line.sealed)


def _proven(sealer: Sealer, strand: Strand, line: StoredLine, tree: Tree) -> ProvenLine:
    nonce, personal = _opening(sealer, strand, line) or (b"", b"")
    return ProvenLine(
        position=line.position,
        leaf=leaf_bytes(line.leaf).decode(),
        personal=personal.decode(),
        nonce=b64encode(nonce).decode(),
        path=encoded(tree.inclusion(line.position)),
    )


def encoded(hashes: Iterable[bytes]) -> tuple[str, ...]:
    """Hashes as they travel."""
    return tuple(b64encode(one).decode() for one in hashes)


def _ask(call: RequestContext[Q]) -> Decision:
    question = Decide(patient_id=call.message.patient_id, purpose=Purpose.READ_JOURNAL)
    decision = call.remote(Consent.decide, question)
    if not decision.allowed:
        _journal(call, Outcome.REFUSED, decision.refusal, decision.capacity)
        raise refusal_from(Problem(code=decision.refusal))
    return decision


def _shown(repository: AuditRepository, patient_id: PatientId, decision: Decision) -> dict[Any, Strand]:
    return {strand.strand: strand for strand in shown_to(repository.strands_of(patient_id), decision.limits)}


def _wanted(asked: ReadJournal, sealer: Sealer) -> Wanted:
    return Wanted(
        before=asked.before,
        acts=asked.acts,
        outcome=asked.outcome,
        mode=asked.mode,
        document_mark=None if asked.document_id is None else sealer.document_mark(asked.document_id),
        since=asked.since,
        until=asked.until,
    )


def _journal(call: RequestContext[Q], outcome: Outcome, reason: str, capacity: Capacity) -> None:
    entry = JournalEntry.by(
        call.actor, call.message.patient_id, Act.LECTURE_JOURNAL, outcome=outcome, reason=reason, capacity=capacity
    )
    call.events.journal(entry)
