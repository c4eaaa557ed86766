"""All tables of the journal through one connection."""

from services.audit.repositories.heads import HeadRepository
from services.audit.repositories.lines import LineRepository
from services.audit.repositories.strands import StrandRepository
from services.audit.repositories.tree import TreeRepository


class JournalRepository(LineRepository, StrandRepository, TreeRepository, HeadRepository):
    """Lines, strands, tree and heads."""
