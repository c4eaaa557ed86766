"""The filing plan: showing, comparing and loading it; moving documents to the sections it wants."""

from collections import defaultdict

import msgspec

from chassis.access_rules import NoEntry, NoQuestion, unasked, unjournalled
from chassis.handlers import Tick, every, handles
from contracts.errors import FilingInvalid
from contracts.records import FilingDiff, FilingShown, LoadFiling, Records, ShowFiling
from contracts.vocabulary import Act, Section
from services.records.context import RecordsContext
from services.records.domain.filing import BUILT_IN, moves_between, plan_in, read_plan, section_for
from services.records.repositories.filing import Misfiled


@handles(Records.show_filing, access=unjournalled(NoEntry.PLATFORM_TABLE, NoQuestion.OPERATOR), reading=True)
def show_filing(ctx: RecordsContext, _request: ShowFiling) -> FilingShown:
    """The plan in force, and how many documents are still filed by another."""
    newest = ctx.repositories.filing.newest()
    version = newest.version if newest else BUILT_IN.version
    return FilingShown(
        version=version,
        text=newest.text if newest else msgspec.json.encode(BUILT_IN).decode(),
        loaded_at=newest.loaded_at if newest else None,
        to_refile=ctx.repositories.filing.count_misfiled(version),
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
    current = plan_in(ctx.repositories.filing.newest())
    if not request.load:
        ctx.access.skip(NoEntry.COMPARED)
    elif not ctx.repositories.filing.add(plan, request.text, loaded_by=ctx.actor.subject, now=ctx.now):
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
    filing = ctx.repositories.filing
    plan = plan_in(filing.newest())
    by_section: dict[Section, list[Misfiled]] = defaultdict(list)
    for document in filing.misfiled(plan.version, most=ctx.settings.refile_batch):
        by_section[section_for(plan, document.type_code, document.writer)].append(document)
    for section, documents in by_section.items():
        filing.refile(documents, section, plan.version)
