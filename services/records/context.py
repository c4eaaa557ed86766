"""What the records handlers are given: repositories, settings and the rules of deposits."""

from dataclasses import dataclass
from functools import cached_property

from chassis.context import RequestContext
from chassis.settings import load
from services.records.domain.deposits import DepositRules
from services.records.filing_plan_cache import FilingPlanCache
from services.records.repositories.all import Repositories
from services.records.settings import RecordsSettings


@dataclass(frozen=True, slots=True)
class RecordsTools:
    """Made once per process."""

    settings: RecordsSettings
    filing_plan_cache: FilingPlanCache


def load_tools() -> RecordsTools:
    """The tools of this process, from its environment variables."""
    return RecordsTools(load(RecordsSettings), FilingPlanCache())


class RecordsContext(RequestContext[RecordsTools]):
    """The `ctx` of the records handlers."""

    @cached_property
    def repositories(self) -> Repositories:
        """All of them, in this unit's transaction."""
        return Repositories(self.connection)

    @property
    def settings(self) -> RecordsSettings:
        """What the operator set."""
        return self.tools.settings

    @property
    def deposit_rules(self) -> DepositRules:
        """What deposits are held to; reads the filing plan if this process has not for some seconds."""
        plan = self.tools.filing_plan_cache.plan(self.repositories.filing)
        return DepositRules(self.settings.mark_rules, plan)
