"""What identity's handlers are given: its database, its tools and the provider of professionals' logins."""

from chassis.context import RequestContext
from contracts.errors.execution import SignInUnavailable
from services.identity.pro_sante_connect import ProSanteConnect
from services.identity.repositories.database import Database
from services.identity.tools import Tools


class IdentityContext(RequestContext[Tools]):
    """The `ctx` of identity's handlers."""

    @property
    def database(self) -> Database:
        """Identity's repositories, in the unit's transaction or outside of it."""
        return Database(self)

    def lock_persons(self) -> None:
        """Of those that join identities or report deaths, one unit runs at a time: both are rare."""
        self.lock("persons", "joined or dead")

    @property
    def pro_sante_connect(self) -> ProSanteConnect:
        """The provider of this platform; raises SignInUnavailable where it has none."""
        if self.tools.pro_sante_connect is None:
            raise SignInUnavailable
        return self.tools.pro_sante_connect
