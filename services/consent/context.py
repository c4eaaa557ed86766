"""What consent's handlers are given: its repositories, its settings, and the law with the matrix in force."""

from dataclasses import dataclass
from functools import cached_property

from chassis.context import RequestContext
from chassis.settings import load
from services.consent.authorizer import Authorizer
from services.consent.matrix_cache import MatrixCache
from services.consent.repositories import FactRepository, InvitationRepository, MatrixRepository
from services.consent.settings import ConsentSettings


@dataclass(frozen=True, slots=True)
class ConsentTools:
    """Made once per process."""

    settings: ConsentSettings
    matrix_cache: MatrixCache


def load_tools() -> ConsentTools:
    """The tools of this process, by its settings."""
    return ConsentTools(load(ConsentSettings), MatrixCache())


class ConsentContext(RequestContext[ConsentTools]):
    """The `ctx` of consent's handlers."""

    @property
    def settings(self) -> ConsentSettings:
        """What the operator set."""
        return self.tools.settings

    @property
    def facts(self) -> FactRepository:
        """What is on file about records."""
        return FactRepository(self.connection)

    @property
    def invitations(self) -> InvitationRepository:
        """Invitations of carers."""
        return InvitationRepository(self.connection)

    @property
    def matrices(self) -> MatrixRepository:
        """Versions of the entitlement matrix."""
        return MatrixRepository(self.connection)

    @cached_property
    def authorizer(self) -> Authorizer:
        """Asks the law with the matrix in force now; one that was not refreshed lately is refreshed first."""
        cache = self.tools.matrix_cache
        if not cache.is_fresh:
            cache.refresh(self.matrices)
        return Authorizer(self.facts, self, cache.in_force(self.now))
