"""The cellar of the consent service: what is on file about a record, invitations, and versions of the matrix."""

from services.consent.repositories.facts import DatedFact, FactRepository
from services.consent.repositories.invitations import InvitationRepository, Invited
from services.consent.repositories.matrices import MatrixRepository

__all__ = ["DatedFact", "FactRepository", "InvitationRepository", "Invited", "MatrixRepository"]
