"""Which handlers the documents service serves and listens with."""

from chassis.service import ServiceDefinition
from services.documents.context import DocumentsContext, load_tools, missing_parts
from services.documents.handlers import keeping, transfers

SERVICE = ServiceDefinition(
    name="documents",
    context=DocumentsContext,
    load_tools=load_tools,
    handlers=(keeping, transfers),
    missing_parts=missing_parts,
)
