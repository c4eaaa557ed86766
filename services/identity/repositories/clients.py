"""Clients of the authorization server, as they were registered."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository, is_one_of
from contracts.identity.apps import Client, ClientKind, RegisterClient
from services.identity.tables import clients

_TERMS = ("name", "publisher", "purpose", "scopes", "keys", "software")


class ClientRepository(Repository):
    """Who may request tokens."""

    def put_client(self, request: RegisterClient, now: datetime) -> int:
        """Store a client, or give a known one new terms; whether it is suspended does not change.

        Returns the revision, one more than before.
        """
        terms: dict[str, Any] = {name: getattr(request, name) for name in _TERMS}
        terms |= {"kind": request.kind.value, "redirect_uris": list(request.redirect_uris)}
        row = insert(clients).values(client_id=request.client_id, registered_at=now, revision=1, **terms)
        changed = terms | {"revision": clients.c.revision + 1}
        stored = row.on_conflict_do_update(index_elements=["client_id"], set_=changed)
        return int(self.connection.execute(stored.returning(clients.c.revision)).scalar_one())

    def client(self, client_id: str) -> Client | None:
        """A client by its id."""
        row = self.connection.execute(select(clients).where(clients.c.client_id == client_id)).first()
        return None if row is None else _client(row)

    def clients_of(self, client_ids: Collection[str]) -> Sequence[Client]:
        """Those of these ids that are registered."""
        query = select(clients).where(is_one_of(clients.c.client_id, client_ids))
        return [_client(row) for row in self.connection.execute(query)]

    def all_clients(self) -> Sequence[Client]:
        """Every client, by id."""
        return [_client(row) for row in self.connection.execute(select(clients).order_by(clients.c.client_id))]

    def suspend_client(self, client_id: str, since: datetime | None) -> int:
        """Suspend a client, or readmit it; returns the revision, one more than before, 0 where there is none."""
        changed = update(clients).where(clients.c.client_id == client_id)
        values = changed.values(suspended_at=since, revision=clients.c.revision + 1)
        return self.connection.scalar(values.returning(clients.c.revision)) or 0


def _client(row: Any) -> Client:
    return Client(
        client_id=row.client_id,
        name=row.name,
        publisher=row.publisher,
        purpose=row.purpose,
        kind=ClientKind(row.kind),
        redirect_uris=tuple(row.redirect_uris),
        scopes=row.scopes,
        keys=row.keys,
        software=row.software,
        suspended_at=row.suspended_at,
    )
