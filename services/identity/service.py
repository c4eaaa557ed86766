"""Which handlers the identity service serves and listens with."""

from chassis.service import ServiceDefinition
from services.identity.context import IdentityContext
from services.identity.ended_sessions import sessions_ended_since
from services.identity.handlers import (
    accounts,
    agents,
    authenticators,
    authorizing,
    browser_links,
    browser_sessions,
    changes,
    clients,
    deaths,
    directory,
    granting,
    joins,
    logins,
    numbers,
    passkeys,
    patients,
    professionals,
    recovery,
    sessions,
    software,
    suspensions,
    tokens,
    upkeep,
    workplaces,
)
from services.identity.readiness import missing_parts
from services.identity.tools import load_tools

SERVICE = ServiceDefinition(
    name="identity",
    context=IdentityContext,
    load_tools=load_tools,
    handlers=(
        accounts,
        agents,
        authenticators,
        authorizing,
        browser_links,
        browser_sessions,
        changes,
        clients,
        deaths,
        directory,
        granting,
        joins,
        logins,
        numbers,
        passkeys,
        patients,
        professionals,
        recovery,
        sessions,
        software,
        suspensions,
        tokens,
        upkeep,
        workplaces,
    ),
    missing_parts=missing_parts,
    ended_sessions=sessions_ended_since,
)
