"""How long a browser stays logged in on the platform's own pages."""

from datetime import datetime, timedelta

from services.identity.domain.workplaces import SESSION_LIFE

IDLE_LIFE = timedelta(minutes=30)
"""A browser not used for so long is logged out (NIST SP 800-63B, 2.2.3)."""


def lasts_until(started_at: datetime) -> datetime:
    """The absolute limit of a session, however much it is used."""
    return started_at + SESSION_LIFE


def is_idle(used_at: datetime, now: datetime) -> bool:
    """Whether it was not used for too long."""
    return now - used_at >= IDLE_LIFE
