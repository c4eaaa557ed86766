"""The filing plan: showing, comparing and loading it; moving documents to the sections it wants."""

from collections import defaultdict

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.editions import Edition
from chassis.handlers import Tick, every, handles
from contracts.errors.request import FilingInvalid
from contracts.records.api import Records
from contracts.records.filing import FilingDiff, FilingShown, LoadFiling, ShowFiling
from contracts.vocabulary import Act, Section
from services.records.context import RecordsContext
from services.records.domain.filing import moves_between, read_plan, section_for
from services.records.repositories.filing import FILING_PLANS, Misfiled


@handles(Records.show_filing, access=unjournalled(NoEntry.PLATFORM_TABLE, NoQuestion.OPERATOR), reading=True)
def show_filing(ctx: RecordsContext, _request: ShowFiling) -> FilingShown:
    """The plan in force, and how many documents are still filed by another."""
    newest = ctx.repositories.filing_plans.editions()[0]
    return FilingShown(
        version=newest.version,
        text=newest.text,
        loaded_at=newest.loaded_at,
        to_refile=ctx.repositories.filing.count_misfiled(newest.version),
    )


@handles(
    Records.load_filing,
    access=unasked(NoQuestion.OPERATOR, Act.CHARGEMENT_PLAN, skips=(NoEntry.COMPARED,)),
)
def load_filing(ctx: RecordsContext, request: LoadFiling) -> FilingDiff:
    """What a plan would change; with `load` it is in force from now on.

    Raises:
        FilingInvalid.
    """
    ctx.access.reason = "operateur"
    plan = read_plan(request.text)
    current = FILING_PLANS.parse(ctx.repositories.filing_plans.editions()[0])
    edition = Edition(version=plan.version, loaded_at=ctx.now, text=request.text)
    if not request.load:
        ctx.access.skip(NoEntry.COMPARED)
    elif not ctx.repositories.filing_plans.add(edition, loaded_by=ctx.actor.subject):
        raise FilingInvalid(field="version")
    return FilingDiff(
        version=plan.version,
        against=current.version,
        moves=tuple(moves_between(current, plan)),
        loaded=request.load,
    )


@every(seconds=5, access=unjournalled(NoEntry.UPKEEP, NoQuestion.UPKEEP))
def refile_documents(ctx: RecordsContext, _tick: Tick) -> None:
    """Move documents filed by another plan than the one in force, a batch at a time."""
    filing, plans, cache = ctx.repositories.filing, ctx.repositories.filing_plans, ctx.tools.filing_plan_cache
    cache.refresh(plans)
    plan = cache.in_force(plans, ctx.now)
    by_section: dict[Section, list[Misfiled]] = defaultdict(list)
    for document in filing.misfiled(plan.version, most=ctx.settings.refile_batch):
        by_section[section_for(plan, document.type_code, document.writer)].append(document)
    for section, documents in by_section.items():
        filing.refile(documents, section, plan.version)
