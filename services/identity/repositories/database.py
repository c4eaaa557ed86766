"""Identity's repositories in the unit's transaction, in one of their own, or for a single statement."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from sqlalchemy import Connection

from services.identity.repositories.attempts import AttemptRepository
from services.identity.repositories.authenticators import AuthenticatorRepository
from services.identity.repositories.authorizations import AuthorizationRepository
from services.identity.repositories.browser_links import BrowserLinkRepository
from services.identity.repositories.browser_sessions import BrowserSessionRepository
from services.identity.repositories.clients import ClientRepository
from services.identity.repositories.deaths import DeathRepository
from services.identity.repositories.devices import DeviceRepository
from services.identity.repositories.directory import DirectoryRepository
from services.identity.repositories.directory_search import DirectorySearchRepository
from services.identity.repositories.grants import GrantRepository
from services.identity.repositories.guesses import GuessRepository
from services.identity.repositories.joins import JoinRepository
from services.identity.repositories.letters import LetterRepository
from services.identity.repositories.logins import LoginRepository
from services.identity.repositories.passkeys import PasskeyRepository
from services.identity.repositories.patients import PatientRepository
from services.identity.repositories.proofs import ProofRepository
from services.identity.repositories.suspensions import SuspensionRepository
from services.identity.repositories.workplaces import WorkplaceRepository


class IdentityRepositories(
    PatientRepository,
    DeathRepository,
    JoinRepository,
    AttemptRepository,
    LoginRepository,
    BrowserSessionRepository,
    BrowserLinkRepository,
    GuessRepository,
    GrantRepository,
    ProofRepository,
    DirectoryRepository,
    DirectorySearchRepository,
    SuspensionRepository,
    DeviceRepository,
    LetterRepository,
    AuthenticatorRepository,
    ClientRepository,
    AuthorizationRepository,
    PasskeyRepository,
    WorkplaceRepository,
):
    """All of identity's repositories on one connection."""


class Connections(Protocol):
    """The connections of a unit of work; a RequestContext has them."""

    @property
    def connection(self) -> Connection:
        """The connection of the unit's own transaction."""

    def separate_transaction(self) -> AbstractContextManager[Connection]:
        """A second transaction, committed at its end."""

    def autocommit(self) -> AbstractContextManager[Connection]:
        """The same for a single statement."""


class Database:
    """Repositories on connections taken when needed: none is held while a card or password is checked."""

    def __init__(self, unit: Connections) -> None:
        self._unit = unit

    @property
    def repositories(self) -> IdentityRepositories:
        """In the unit's transaction: kept if the unit succeeds."""
        return IdentityRepositories(self._unit.connection)

    @contextmanager
    def separate_transaction(self) -> Iterator[IdentityRepositories]:
        """In a transaction of its own: kept whatever follows, undone only by an exception inside."""
        with self._unit.separate_transaction() as connection:
            yield IdentityRepositories(connection)

    @contextmanager
    def autocommit(self) -> Iterator[IdentityRepositories]:
        """For a single statement, kept whatever follows: one round trip."""
        with self._unit.autocommit() as connection:
            yield IdentityRepositories(connection)
