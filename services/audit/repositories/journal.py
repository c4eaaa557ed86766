"""All tables of the journal through one connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from services.audit.repositories.continuity import ContinuityRepository
from services.audit.repositories.heads import HeadRepository
from services.audit.repositories.lines import LineRepository
from services.audit.repositories.strands import StrandRepository
from services.audit.repositories.tree import TreeRepository


class JournalRepository(LineRepository, StrandRepository, TreeRepository, HeadRepository, ContinuityRepository):
    """Lines, strands, tree, heads and breaks."""


@contextmanager
def resumption_transaction(database_url: str) -> Iterator[JournalRepository]:
    """A transaction during which audit signs no head; committed unless an error ends it."""
    url = database_url.replace("postgresql://", "postgresql+psycopg2://", 1)
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    with engine.begin() as connection:
        repository = JournalRepository(connection)
        repository.wait_for_signers()
        yield repository
