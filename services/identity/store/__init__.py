"""The only SQL of identity: one store over its shelves, in the unit's transaction or in one committed at once."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from sqlalchemy import Connection

from services.identity.store.accounts import AccountStore
from services.identity.store.attempts import AttemptStore
from services.identity.store.authenticators import AuthenticatorStore
from services.identity.store.authorizations import AuthorizationStore
from services.identity.store.clients import ClientStore
from services.identity.store.directory import DirectoryStore
from services.identity.store.grants import GrantStore
from services.identity.store.logins import LoginStore
from services.identity.store.passkeys import PasskeyStore
from services.identity.store.patients import PatientStore
from services.identity.store.proofs import ProofStore
from services.identity.store.sessions import SessionStore
from services.identity.store.workplaces import WorkplaceStore


class IdentityStore(
    PatientStore,
    AccountStore,
    AttemptStore,
    LoginStore,
    ProofStore,
    DirectoryStore,
    SessionStore,
    AuthenticatorStore,
    ClientStore,
    AuthorizationStore,
    GrantStore,
    PasskeyStore,
    WorkplaceStore,
):
    """Everything identity keeps."""


class Unit(Protocol):
    """What a unit of work offers of the database."""

    @property
    def connection(self) -> Connection:
        """The connection of the unit's own transaction."""

    def separate_transaction(self) -> AbstractContextManager[Connection]:
        """A second transaction, committed at once."""

    def autocommit(self) -> AbstractContextManager[Connection]:
        """As that, for a single statement."""


class Cellar:
    """The way down to the store, taken when needed: no connection is held while a card or password is checked."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    @property
    def store(self) -> IdentityStore:
        """In the unit's transaction: kept if the unit succeeds."""
        return IdentityStore(self._unit.connection)

    @contextmanager
    def beside(self) -> Iterator[IdentityStore]:
        """In a transaction of its own: kept whatever follows, given up only by an exception inside."""
        with self._unit.separate_transaction() as connection:
            yield IdentityStore(connection)

    @contextmanager
    def autocommit(self) -> Iterator[IdentityStore]:
        """For a single statement, kept whatever follows: one round trip."""
        with self._unit.autocommit() as connection:
            yield IdentityStore(connection)
