"""Which handlers the records service serves and runs."""

from chassis.service import ServiceDefinition
from services.records.context import RecordsContext, load_tools
from services.records.handlers import (
    arranging,
    changing,
    closing,
    dates,
    deposit,
    filing,
    joins,
    opening,
    pages,
    reading,
    searching,
)

SERVICE = ServiceDefinition(
    name="records",
    context=RecordsContext,
    load_tools=load_tools,
    handlers=(
        arranging,
        changing,
        closing,
        dates,
        deposit,
        filing,
        joins,
        opening,
        pages,
        reading,
        searching,
    ),
)
