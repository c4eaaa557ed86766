"""The filing plan: shown, compared, loaded; and documents on file moved to where it wants them."""

from collections import defaultdict

import msgspec

from chassis.units import RequestContext
from contracts.audit import JournalEntry
from contracts.errors import FilingInvalid
from contracts.records import FilingDiff, FilingShown, LoadFiling, ShowFiling
from contracts.vocabulary import PLATFORM, Act, Outcome, Section
from services.records.domain.filing import BUILT_IN, moves_between, plan_in, read_plan, section_for
from services.records.repositories import Misfiled, Repositories


def show_filing(repositories: Repositories, _call: RequestContext[ShowFiling]) -> FilingShown:
    """The plan in force, and how far documents follow it."""
    newest = repositories.filing.newest()
    version = newest.version if newest else BUILT_IN.version
    return FilingShown(
        version=version,
        text=newest.text if newest else msgspec.json.encode(BUILT_IN).decode(),
        loaded_at=newest.loaded_at if newest else None,
        to_refile=repositories.filing.count_misfiled(version),
    )


def load_filing(repositories: Repositories, call: RequestContext[LoadFiling]) -> FilingDiff:
    """What a plan would change; with `load` it is in force from now on.

    Raises:
        FilingInvalid: journalled.
    """
    request = call.message
    try:
        plan = read_plan(request.text)
        current = plan_in(repositories.filing.newest())
        diff = FilingDiff(
            version=plan.version,
            against=current.version,
            moves=tuple(moves_between(current, plan)),
            loaded=request.load,
        )
        if request.load and not repositories.filing.add(
            plan, request.text, loaded_by=call.actor.subject, now=call.now
        ):
            raise FilingInvalid(field="version")
    except FilingInvalid as refusal:
        _journal(call, Outcome.REFUSED, refusal.code)
        raise
    if request.load:
        _journal(call, Outcome.ALLOWED, "operateur")
    return diff


def refile(repositories: Repositories, _call: RequestContext[None], *, most: int) -> int:
    """Move some documents that another plan has filed; how many there were."""
    plan = plan_in(repositories.filing.newest())
    found = repositories.filing.misfiled(plan.version, most=most)
    by_section: dict[Section, list[Misfiled]] = defaultdict(list)
    for one in found:
        by_section[section_for(plan, one.type_code, one.writer)].append(one)
    for section, those in by_section.items():
        repositories.filing.refile(those, section, plan.version)
    return len(found)


def _journal(call: RequestContext[LoadFiling], outcome: Outcome, reason: str) -> None:
    call.events.journal(JournalEntry.by(call.actor, PLATFORM, Act.CHARGEMENT_PLAN, outcome=outcome, reason=reason))
