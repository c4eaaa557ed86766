"""Rows of one session at Pro Santé Connect."""

from sqlalchemy import ColumnElement, Table, true

from services.identity.domain.workplaces import ProviderSession


def is_of(ended: ProviderSession, table: Table) -> ColumnElement[bool]:
    """Condition: the row is of that session; where only the subject is named, of any session of theirs.

    Raises:
        ValueError: neither is named.
    """
    if not (ended.session or ended.subject):
        raise ValueError("no session is named")
    of_session = table.c.provider_session == ended.session if ended.session else true()
    return of_session & (table.c.provider_subject == ended.subject) if ended.subject else of_session
