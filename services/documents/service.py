"""Which handlers the documents service serves and listens with."""

from chassis.service import ServiceDefinition
from services.documents.context import DocumentsContext, load_tools
from services.documents.handlers import clinical_data, keeping, transfers
from services.documents.readiness import missing_parts

SERVICE = ServiceDefinition(
    name="documents",
    context=DocumentsContext,
    load_tools=load_tools,
    handlers=(keeping, transfers, clinical_data),
    missing_parts=missing_parts,
)
