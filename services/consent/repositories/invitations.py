"""Invitations of carers, and how holder and carer call each other once one was accepted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from contracts.vocabulary import PatientId, Section
from services.consent.tables import invitations


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation; with a `carer` it was accepted."""

    patient_id: PatientId
    invitation_id: UUID
    sections: tuple[Section, ...]
    carer_label: str
    holder_label: str
    expires_at: datetime
    carer: PatientId | None = None


class InvitationRepository:
    """Codes are kept as hashes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, invited: Invited, code: bytes) -> None:
        """Keep a new invitation."""
        values = {column: getattr(invited, column) for column in invited.__struct_fields__}
        values["sections"] = [section.value for section in invited.sections]
        self._connection.execute(insert(invitations).values(code=code, **values))

    def of_patient(self, patient_id: PatientId, now: datetime) -> Sequence[Invited]:
        """Those that wait and those that were accepted, the newest last; their rows are held until the end."""
        shelf = invitations.c
        query = select(invitations).where(
            shelf.patient_id == patient_id, or_(shelf.carer.is_not(None), shelf.expires_at > now)
        )
        rows = self._connection.execute(query.order_by(shelf.expires_at, shelf.invitation_id).with_for_update())
        return [_invited(row) for row in rows]

    def of_carer(self, carer: PatientId) -> Sequence[Invited]:
        """Those somebody accepted; their rows are held until the end."""
        query = select(invitations).where(invitations.c.carer == carer).with_for_update()
        return [_invited(row) for row in self._connection.execute(query)]

    def waiting(self, code: bytes, now: datetime) -> Invited | None:
        """The invitation a code opens; its row is held until the end."""
        shelf = invitations.c
        query = select(invitations).where(shelf.code == code, shelf.carer.is_(None), shelf.expires_at > now)
        row = self._connection.execute(query.with_for_update()).first()
        return None if row is None else _invited(row)

    def accept(self, invited: Invited, carer: PatientId) -> None:
        """It is this carer's; an earlier one of the same two is replaced by it."""
        shelf = invitations.c
        earlier = (shelf.patient_id == invited.patient_id) & (shelf.carer == carer)
        self._connection.execute(delete(invitations).where(earlier))
        mine = shelf.invitation_id == invited.invitation_id
        self._connection.execute(update(invitations).where(mine).values(carer=carer))

    def forget(self, patient_id: PatientId, invitation_id: UUID) -> None:
        """Drop an invitation that waits."""
        shelf = invitations.c
        mine = (shelf.patient_id == patient_id) & (shelf.invitation_id == invitation_id) & shelf.carer.is_(None)
        self._connection.execute(delete(invitations).where(mine))

    def forget_carer(self, patient_id: PatientId, carer: PatientId) -> None:
        """Drop what two had agreed."""
        shelf = invitations.c
        self._connection.execute(delete(invitations).where(shelf.patient_id == patient_id, shelf.carer == carer))

    def forget_record(self, patient_id: PatientId) -> None:
        """Drop everything about a record."""
        self._connection.execute(delete(invitations).where(invitations.c.patient_id == patient_id))

    def forget_expired(self, now: datetime) -> None:
        """Drop what nobody answered in time."""
        shelf = invitations.c
        self._connection.execute(delete(invitations).where(shelf.carer.is_(None), shelf.expires_at <= now))


def _invited(row: Any) -> Invited:
    return Invited(
        patient_id=PatientId(row.patient_id),
        invitation_id=row.invitation_id,
        sections=tuple(map(Section, row.sections)),
        carer_label=row.carer_label,
        holder_label=row.holder_label,
        expires_at=row.expires_at,
        carer=PatientId(row.carer) if row.carer else None,
    )
