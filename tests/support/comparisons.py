"""Many comparisons in one test: those that fail are named together, and their number is printed after the run."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

KEY = "comparisons"
"""Under which a worker of the run reports what it compared."""
MADE: Counter[str] = Counter()
"""What was compared -> how often in this run."""


def check_all(what: str, found: Mapping[str, object], expected: Mapping[str, object]) -> None:
    """Compare what was found under each name with what is expected there.

    AssertionError names each pair that differs, and each name that only one side has.
    """
    MADE[what] += len(expected)
    missing = object()
    different = [
        f"{name}: {found.get(name, 'missing')!r}, expected {expected.get(name, 'nothing')!r}"
        for name in {**expected, **found}
        if found.get(name, missing) != expected.get(name, missing)
    ]
    assert not different, "\n".join([f"{what}: {len(different)} of {len(expected)} differ", *different])


class OfWorkers:
    """Adds up what the workers of a run compared."""

    def pytest_testnodedown(self, node: Any) -> None:
        """A worker has ended; one that crashed reports nothing."""
        MADE.update(getattr(node, "workeroutput", {}).get(KEY, {}))
