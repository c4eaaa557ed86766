"""The operator's search: lines of the whole journal, without names of patients."""

from chassis.access_rules import NoQuestion, unasked
from chassis.handlers import handles
from contracts.audit import Audit, JournalSearchLine, JournalSearchPage, SearchJournal
from contracts.vocabulary import AccessMode, Act, Outcome, Role
from services.audit.context import AuditContext
from services.audit.domain.checks import check_search
from services.audit.domain.strands import OpenedLine, StoredLine, is_actor_searchable
from services.audit.opening import open_line
from services.audit.repositories.lines import LineFilter


@handles(
    Audit.search_journal,
    access=unasked(NoQuestion.OPERATOR, Act.RECHERCHE_JOURNAL, fields=()),
    reading=True,
)
def search_journal(ctx: AuditContext, request: SearchJournal) -> JournalSearchPage:
    """A page of lines; the search is journalled in the platform's own strand.

    Raises:
        InvalidRequest: neither a patient, nor an actor, nor a span of at most a day is named.
    """
    ctx.access.reason, ctx.access.about = "operateur", request.actor
    check_search(request)
    lines = _lines(ctx, request)
    strands = ctx.repository.strands_by_id(line.leaf.strand for line in lines)
    opened = [open_line(ctx.sealer, strands[line.leaf.strand], line) for line in lines]
    return JournalSearchPage(lines=tuple(_found_line(line) for line in opened))


def _lines(ctx: AuditContext, request: SearchJournal) -> list[StoredLine]:
    line_filter = LineFilter(
        before=request.before,
        acts=request.acts,
        outcome=request.outcome,
        mode=request.mode,
        actor_blind_index=ctx.sealer.actor_blind_index(request.actor) if request.actor else None,
        since=request.since,
        until=request.until,
    )
    if request.patient_id is None:
        return ctx.repository.lines(line_filter, request.count)
    strands = [strand.id for strand in ctx.repository.strands_of(request.patient_id)]
    return ctx.repository.lines_of(strands, line_filter, request.count)


def _found_line(line: OpenedLine) -> JournalSearchLine:
    leaf, role = line.leaf, Role(line.leaf.role)
    actor = line.personal if is_actor_searchable(role) else None
    return JournalSearchLine(
        position=line.position,
        at=leaf.at,
        act=Act(leaf.act),
        outcome=Outcome(leaf.outcome),
        reason=leaf.reason,
        strand=str(leaf.strand),
        actor_role=role,
        actor="" if actor is None else actor.actor,
        profession=None if actor is None else actor.profession,
        structure=None if actor is None else actor.structure,
        mode=AccessMode(leaf.mode),
    )
