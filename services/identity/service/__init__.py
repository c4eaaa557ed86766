"""The door of identity: each message to its action, with the tools and stores it needs."""

from services.identity.service.apps import AppsDoor
from services.identity.service.people import PeopleDoor


class IdentityService(PeopleDoor, AppsDoor):
    """People, their cards and their accounts; apps and software."""

    name = "identity"


__all__ = ["IdentityService"]
