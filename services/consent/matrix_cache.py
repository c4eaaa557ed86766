"""The versions of the entitlement matrix this process knows, so that no decision has to fetch them."""

from datetime import datetime
from time import monotonic

import structlog

from contracts.errors import ServiceUnavailable
from services.consent.domain.matrix import Edition, Entitlement, entitlement_in, in_force, with_built_in
from services.consent.repositories import MatrixRepository

_FRESH_SECONDS = 60.0


class MatrixCache:
    """Read at every decision, refreshed from time to time; it knows the version built in from the start."""

    def __init__(self, fresh_seconds: float = _FRESH_SECONDS) -> None:
        self._fresh_seconds = fresh_seconds
        self._refreshed_at: float | None = None
        self._entitlements: dict[Edition, Entitlement] = {}
        self._put(with_built_in(()))

    @property
    def is_fresh(self) -> bool:
        """Whether it was refreshed lately; one that was not may miss a version and must not be asked."""
        return self._refreshed_at is not None and monotonic() - self._refreshed_at < self._fresh_seconds

    def refresh(self, repository: MatrixRepository) -> None:
        """Learn which versions are on file; those already known are not read again."""
        asked_at = monotonic()
        self._put(with_built_in(repository.editions()))
        self._refreshed_at = asked_at

    def in_force(self, now: datetime) -> Entitlement:
        """The entitlement in force at that moment (UTC).

        One whose text no longer reads is given all the same, and refuses by itself: `services.consent.domain.matrix`.

        Raises:
            ServiceUnavailable: no version has come into force yet.
        """
        ruling = in_force(self._entitlements, now.date())
        if ruling is None:
            raise ServiceUnavailable
        return self._entitlements[ruling]

    def _put(self, editions: tuple[Edition, ...]) -> None:
        known = self._entitlements
        # One assignment: green threads that decide meanwhile see the old shelf or the new one.
        self._entitlements = {one: known.get(one) or _learn(one) for one in editions}


def _learn(edition: Edition) -> Entitlement:
    entitlement = entitlement_in(edition)
    if entitlement.by_profession is None:
        # Said as soon as it is known, which may be long before its day.
        structlog.get_logger().error("matrix_unreadable", name=edition.version)
    return entitlement
