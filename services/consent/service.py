"""The definition of the consent service."""

from chassis.service import ServiceDefinition
from services.consent.context import ConsentContext, load_tools
from services.consent.handlers import (
    apps,
    carers,
    circle,
    deaths,
    deciding,
    emergencies,
    heirs,
    joins,
    matrices,
    professionals,
    purging,
    representatives,
    settings,
    upkeep,
)

SERVICE = ServiceDefinition(
    name="consent",
    context=ConsentContext,
    load_tools=load_tools,
    handlers=(
        apps,
        carers,
        circle,
        deaths,
        deciding,
        emergencies,
        heirs,
        joins,
        matrices,
        professionals,
        purging,
        representatives,
        settings,
        upkeep,
    ),
)
