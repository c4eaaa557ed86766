"""The versions of the entitlement matrix known to this process, so that a decision does not have to fetch them."""

from datetime import datetime
from time import monotonic

import structlog

from contracts.errors import ServiceUnavailable
from services.consent.domain.matrix import Edition, Entitlement, entitlement_in, in_force, with_built_in
from services.consent.repositories.matrices import MatrixRepository

_FRESH_SECONDS = 60.0


class MatrixCache:
    """Read at every decision and refreshed by a timer; holds the built-in version from the start."""

    def __init__(self, fresh_seconds: float = _FRESH_SECONDS) -> None:
        self._fresh_seconds = fresh_seconds
        self._refreshed_at: float | None = None
        self._entitlements: dict[Edition, Entitlement] = {}
        self._replace(with_built_in(()))

    @property
    def is_fresh(self) -> bool:
        """Whether it was refreshed lately; one that was not may miss a version and must not be used."""
        return self._refreshed_at is not None and monotonic() - self._refreshed_at < self._fresh_seconds

    def refresh(self, repository: MatrixRepository) -> None:
        """Take over the stored versions; those already known are not parsed again."""
        started_at = monotonic()
        self._replace(with_built_in(repository.editions()))
        self._refreshed_at = started_at

    def in_force(self, now: datetime) -> Entitlement:
        """The entitlement in force at that time (UTC).

        A version whose text can no longer be parsed is returned too, and refuses by itself:
        `services.consent.domain.matrix`.

        Raises:
            ServiceUnavailable: no version has come into force yet.
        """
        edition = in_force(self._entitlements, now.date())
        if edition is None:
            raise ServiceUnavailable
        return self._entitlements[edition]

    def _replace(self, editions: tuple[Edition, ...]) -> None:
        known = self._entitlements
        # One assignment: green threads that decide meanwhile see the old versions or the new ones, never a mixture.
        self._entitlements = {edition: known.get(edition) or _parsed(edition) for edition in editions}


def _parsed(edition: Edition) -> Entitlement:
    entitlement = entitlement_in(edition)
    if entitlement.by_profession is None:
        # Logged when the version becomes known, which may be long before its effective date.
        structlog.get_logger().error("matrix_unreadable", name=edition.version)
    return entitlement
