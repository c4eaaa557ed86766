"""Which handlers the audit service serves and listens with."""

from chassis.service import ServiceDefinition
from services.audit.context import AuditContext, load_tools
from services.audit.handlers import appending, attesting, erasing, heads, reading, searching
from services.audit.readiness import missing_parts

SERVICE = ServiceDefinition(
    name="audit",
    context=AuditContext,
    load_tools=load_tools,
    handlers=(appending, attesting, erasing, heads, reading, searching),
    missing_parts=missing_parts,
)
