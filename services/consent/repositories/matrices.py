"""The table of versions of the entitlement matrix."""

import structlog

from chassis.editions import Edition, VersionedTable
from contracts.codes.habilitation import matrix, matrix_text
from services.consent.domain.matrix import Entitlement, entitlement_in
from services.consent.tables import matrices


def _parsed(edition: Edition) -> Entitlement:
    entitlement = entitlement_in(edition)
    if entitlement.by_profession is None:
        # Logged when the version becomes known, which may be long before its effective date.
        structlog.get_logger().error("matrix_unreadable", name=edition.version)
    if entitlement.unconfirmed:
        structlog.get_logger().warning("matrix_unconfirmed", name=edition.version, count=entitlement.unconfirmed)
    return entitlement


MATRICES = VersionedTable(
    matrices, Edition(version=matrix().version, effective=matrix().effective, text=matrix_text()), _parsed
)
