"""The context of consent's handlers: repositories, settings, and the law with the matrix in force."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chassis.access import Access
from chassis.context import RequestContext
from chassis.editions import EditionCache, EditionRepository
from chassis.settings import load
from contracts.consent.decisions import Decision, Purpose
from contracts.vocabulary import PatientId
from services.consent.authorizer import Authorizer
from services.consent.domain.matrix import Entitlement
from services.consent.repositories.facts import FactRepository
from services.consent.repositories.invitations import InvitationRepository
from services.consent.repositories.matrices import MATRICES
from services.consent.repositories.representations import RepresentationRequestRepository
from services.consent.settings import ConsentSettings


@dataclass(frozen=True, slots=True)
class ConsentTools:
    """Shared by all requests of a process."""

    settings: ConsentSettings
    matrix_cache: EditionCache[Entitlement]


def load_tools() -> ConsentTools:
    """Raises SettingsError as `chassis.settings.load`."""
    return ConsentTools(load(ConsentSettings), EditionCache(MATRICES, fresh_seconds=60))


class ConsentContext(RequestContext[ConsentTools]):
    """The `ctx` of consent's handlers."""

    @property
    def settings(self) -> ConsentSettings:
        return self.tools.settings

    @property
    def facts(self) -> FactRepository:
        return FactRepository(self.connection)

    @property
    def invitations(self) -> InvitationRepository:
        return InvitationRepository(self.connection)

    @property
    def representation_requests(self) -> RepresentationRequestRepository:
        return RepresentationRequestRepository(self.connection)

    @property
    def matrices(self) -> EditionRepository:
        return EditionRepository(self.connection, MATRICES)

    @cached_property
    def authorizer(self) -> Authorizer:
        """The law with the matrix in force; refreshes a matrix cache that is out of date first.

        Raises:
            ServiceUnavailable: no version of the matrix is in force.
        """
        return Authorizer(self, self.facts, self.tools.matrix_cache.in_force(self.matrices, self.now))

    def lock_death(self, patient_id: PatientId) -> None:
        """Of those that rest on whether this person's death is on file, one unit runs at a time."""
        self.lock("death", patient_id)

    def decide(self, access: Access, purpose: Purpose, **details: Any) -> Decision:
        """The law's decision, made here."""
        question = self.authorizer.question(
            access.patient_id, purpose, mode=access.mode, secret=access.secret, **details
        )
        decision, _ = self.authorizer.decide(question)
        return decision
