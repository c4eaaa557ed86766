"""The only SQL of the audit service: one store over its shelves, through one transaction."""

from services.audit.store.heads import HeadStore
from services.audit.store.lines import LineStore
from services.audit.store.strands import StrandStore
from services.audit.store.tree import TreeStore


class AuditStore(LineStore, StrandStore, TreeStore, HeadStore):
    """Everything audit keeps."""
