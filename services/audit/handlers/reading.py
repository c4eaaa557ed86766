"""Reading a patient's journal, as sentences or with proofs; consent decides."""

from base64 import b64encode
from collections.abc import Collection
from uuid import UUID

import msgspec

from chassis.access_rules import NoEntry, asks
from chassis.handlers import handles
from chassis.shown_pages import page_of
from contracts.audit import Audit, Journal, Proofs, ProvenLine, ReadJournal, ReadProofs
from contracts.consent.decisions import Purpose
from contracts.consent.permits import Permit
from contracts.errors.request import HeadNotFound
from contracts.records.pages import ComparePage, JournalComparison
from contracts.vocabulary import Act, PatientId
from services.audit.context import AuditContext
from services.audit.domain.checks import check_count, check_span
from services.audit.domain.leaf import leaf_bytes
from services.audit.domain.merkle import Tree, encode_hashes
from services.audit.domain.sentences import render
from services.audit.domain.strands import StoredLine, Strand, shown_to
from services.audit.opening import open_line, opening_of
from services.audit.repositories.lines import LineFilter
from services.audit.sealing import Sealer

# The document and the mode of a request filter the lines; they are not what is accessed.
_READS = asks(Purpose.READ_JOURNAL, Act.LECTURE_JOURNAL, fields=("patient_id",))
_MOST_COMPARED = 20
"""Lines since a page was read, the newest; the reader's own are among them."""


@handles(Audit.read_journal, access=_READS, reading=True)
def read_journal(ctx: AuditContext, request: ReadJournal) -> Journal:
    """A page of the lines this reader is shown, as sentences.

    Raises:
        Refusal: consent's. InvalidRequest: count or span.
    """
    permit = ctx.access.permit()
    check_count(request.count)
    check_span(request.since, request.until)
    strands, line_filter = _strands_shown(ctx, permit, permit.ids), _filter_of(ctx, request)
    lines = ctx.repository.lines_of(strands, line_filter, request.count)
    opened = (open_line(ctx.sealer, strands[line.leaf.strand], line) for line in lines)
    journal = Journal(
        lines=tuple(render(line, permit.ids, ctx.actor) for line in opened),
        total=ctx.repository.count_of(strands, line_filter) if request.total else None,
    )
    return _with_proofs(ctx, permit, journal, strands, lines) if request.proofs else journal


@handles(Audit.read_proofs, access=_READS, reading=True)
def read_proofs(ctx: AuditContext, request: ReadProofs) -> Proofs:
    """The same lines as leaves with their openings, each with its path to the root of the newest head.

    Of a person with two identities those of the one that is named: each proves its own journal.

    Raises:
        Refusal: consent's. InvalidRequest: count. HeadNotFound: no head was signed yet.
    """
    permit = ctx.access.permit()
    check_count(request.count)
    repository = ctx.repository
    head = repository.newest_head()
    if head is None:
        raise HeadNotFound
    strands = _strands_shown(ctx, permit, (permit.patient_id,))
    before = head.size if request.before is None else min(request.before, head.size)
    lines = repository.lines_of(strands, LineFilter(before=before), request.count)
    return Proofs(head=head.note, lines=_proven(ctx, strands, lines, head.size))


def _with_proofs(
    ctx: AuditContext, permit: Permit, journal: Journal, strands: dict[UUID, Strand], lines: list[StoredLine]
) -> Journal:
    """The page with proofs of the lines that the newest head covers; none where no head was signed yet."""
    head = ctx.repository.newest_head()
    if head is None:
        return journal
    covered = [
        line
        for line in lines
        if line.position < head.size and strands[line.leaf.strand].strand_key.patient_id == permit.patient_id
    ]
    proofs = _proven(ctx, strands, covered, head.size)
    return msgspec.structs.replace(journal, head=head.note, proofs=proofs, ids=permit.ids)


def _proven(
    ctx: AuditContext, strands: dict[UUID, Strand], lines: list[StoredLine], size: int
) -> tuple[ProvenLine, ...]:
    tree = ctx.repository.tree(size, [line.position for line in lines])
    return tuple(_proven_line(ctx.sealer, strands[line.leaf.strand], line, tree) for line in lines)


@handles(Audit.compare_page, access=asks(Purpose.READ_JOURNAL, allowed=NoEntry.READ_BEFORE), reading=True)
def compare_page(ctx: AuditContext, request: ComparePage) -> JournalComparison:
    """Whether others did something with the record since the page was read, that its reader may know of.

    Raises:
        InvalidRequest: the page is not the caller's, or not of this record. Refusal: consent's.
    """
    page = page_of(ctx.keyring, request, ctx.actor, now=ctx.now.timestamp())
    permit = ctx.access.permit(only_looks=True)
    strands = _strands_shown(ctx, permit, permit.ids)
    lines = ctx.repository.lines_of(strands, LineFilter(since=page.at), _MOST_COMPARED)
    opened = (open_line(ctx.sealer, strands[line.leaf.strand], line) for line in lines)
    return JournalComparison(
        new=any(line.personal is None or line.personal.actor != ctx.actor.subject for line in opened)
    )


def _proven_line(sealer: Sealer, strand: Strand, line: StoredLine, tree: Tree) -> ProvenLine:
    nonce, personal = opening_of(sealer, strand, line) or (b"", b"")
    return ProvenLine(
        position=line.position,
        leaf=leaf_bytes(line.leaf).decode(),
        personal=personal.decode(),
        nonce=b64encode(nonce).decode(),
        path=encode_hashes(tree.inclusion(line.position)),
    )


def _strands_shown(ctx: AuditContext, permit: Permit, ids: Collection[PatientId]) -> dict[UUID, Strand]:
    return {strand.id: strand for strand in shown_to(ctx.repository.strands_of(*ids), permit.limits)}


def _filter_of(ctx: AuditContext, request: ReadJournal) -> LineFilter:
    document_id = request.document_id
    return LineFilter(
        before=request.before,
        acts=request.acts,
        outcome=request.outcome,
        mode=request.mode,
        actor_blind_index=ctx.sealer.actor_blind_index(request.actor) if request.actor else None,
        roles=request.roles,
        document_blind_index=None if document_id is None else ctx.sealer.document_blind_index(document_id),
        since=request.since,
        until=request.until,
    )
