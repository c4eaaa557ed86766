"""Which handlers the notify service serves and listens with."""

from chassis.service import ServiceDefinition
from services.notify.context import NotifyContext, load_tools
from services.notify.handlers import codes, notices, reading, sending

SERVICE = ServiceDefinition(
    name="notify",
    context=NotifyContext,
    load_tools=load_tools,
    handlers=(codes, notices, reading, sending),
)
