"""The only SQL of the audit service: one store over its shelves, through one transaction."""

from services.audit.repositories.heads import HeadRepository
from services.audit.repositories.lines import LineRepository
from services.audit.repositories.strands import StrandRepository
from services.audit.repositories.tree import TreeRepository


class AuditRepository(LineRepository, StrandRepository, TreeRepository, HeadRepository):
    """Everything audit keeps."""
