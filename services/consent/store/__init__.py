"""The cellar of the consent service: what is on file about a record, invitations, and versions of the matrix."""

from services.consent.store.facts import ConsentStore, Filed
from services.consent.store.invitations import InvitationStore, Invited
from services.consent.store.matrices import MatrixStore

__all__ = ["ConsentStore", "Filed", "InvitationStore", "Invited", "MatrixStore"]
