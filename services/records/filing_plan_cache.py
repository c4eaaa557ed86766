"""A cache of the filing plan in force, so that no deposit has to read it from the database."""

from time import monotonic

from contracts.records import FilingPlan
from services.records.domain.filing import BUILT_IN, plan_in
from services.records.repositories.filing import FilingRepository

_FRESH_SECONDS = 10.0
"""What is filed meanwhile by the previous plan is moved by the next refiling."""


class FilingPlanCache:
    """Read again when it is older than some seconds; starts with the built-in plan."""

    def __init__(self) -> None:
        self._plan = BUILT_IN
        self._refreshed_at: float | None = None

    def plan(self, repository: FilingRepository) -> FilingPlan:
        """The plan that is in force, or was some seconds ago."""
        now = monotonic()
        if self._refreshed_at is None or now - self._refreshed_at >= _FRESH_SECONDS:
            self._plan, self._refreshed_at = plan_in(repository.newest()), now
        return self._plan
