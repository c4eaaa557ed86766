"""The filing plan as this process knows it, so that no deposit has to fetch it."""

from time import monotonic

from contracts.records import FilingPlan
from services.records.domain.filing import BUILT_IN, plan_in
from services.records.repositories import FilingRepository

_FRESH_SECONDS = 10.0
"""What is filed meanwhile by the plan before is moved by the next refiling."""


class FilingPlanCache:
    """Refreshed from time to time; it knows the plan built in from the start."""

    def __init__(self) -> None:
        self._plan = BUILT_IN
        self._refreshed_at: float | None = None

    def plan(self, store: FilingRepository) -> FilingPlan:
        """The plan in force, a few seconds ago at most."""
        now = monotonic()
        if self._refreshed_at is None or now - self._refreshed_at >= _FRESH_SECONDS:
            self._plan, self._refreshed_at = plan_in(store.newest()), now
        return self._plan
