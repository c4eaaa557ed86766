"""Invitations of carers, with the labels that holder and carer gave each other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from contracts.vocabulary import PatientId, Section
from services.consent.repositories.persons import of_person
from services.consent.tables import invitations


class StoredInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation; `carer`: who accepted it, if anybody; `giver`: the representative who invited, if it was one."""

    patient_id: PatientId
    invitation_id: UUID
    sections: tuple[Section, ...]
    carer_label: str
    holder_label: str
    expires_at: datetime
    carer: PatientId | None = None
    giver: str = ""


class InvitationRepository:
    """Codes are stored as hashes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, invitation: StoredInvitation, code: bytes) -> None:
        """Insert an invitation; `code`: its hash."""
        values = {column: getattr(invitation, column) for column in invitation.__struct_fields__}
        values["sections"] = [section.value for section in invitation.sections]
        self._connection.execute(insert(invitations).values(code=code, **values))

    def of_patient(self, patient_id: PatientId, now: datetime) -> Sequence[StoredInvitation]:
        """Open and accepted invitations, newest last."""
        query = select(invitations).where(
            of_person(invitations.c.patient_id, patient_id),
            or_(invitations.c.carer.is_not(None), invitations.c.expires_at > now),
        )
        rows = self._connection.execute(query.order_by(invitations.c.expires_at, invitations.c.invitation_id))
        return [_invitation(row) for row in rows]

    def of_carer(self, carer: PatientId) -> Sequence[StoredInvitation]:
        """Invitations that this carer accepted."""
        query = select(invitations).where(of_person(invitations.c.carer, carer))
        return [_invitation(row) for row in self._connection.execute(query)]

    def find_open(self, code: bytes, now: datetime) -> StoredInvitation | None:
        """The open invitation with this code (hash); locks its row."""
        query = select(invitations).where(
            invitations.c.code == code, invitations.c.carer.is_(None), invitations.c.expires_at > now
        )
        row = self._connection.execute(query.with_for_update()).first()
        return None if row is None else _invitation(row)

    def accept(self, invitation: StoredInvitation, carer: PatientId) -> None:
        """Set the carer; an earlier invitation between the same two people is deleted."""
        earlier = (invitations.c.patient_id == invitation.patient_id) & (invitations.c.carer == carer)
        self._connection.execute(delete(invitations).where(earlier))
        accepted = invitations.c.invitation_id == invitation.invitation_id
        self._connection.execute(update(invitations).where(accepted).values(carer=carer))

    def forget(self, patient_id: PatientId, invitation_id: UUID) -> None:
        """Delete an open invitation."""
        is_open = (
            of_person(invitations.c.patient_id, patient_id)
            & (invitations.c.invitation_id == invitation_id)
            & invitations.c.carer.is_(None)
        )
        self._connection.execute(delete(invitations).where(is_open))

    def forget_carer(self, patient_id: PatientId, carer: PatientId) -> None:
        """Delete the accepted invitation of a carer."""
        self._connection.execute(
            delete(invitations).where(invitations.c.patient_id == patient_id, invitations.c.carer == carer)
        )

    def forget_record(self, patient_id: PatientId) -> None:
        """Delete all invitations of a record."""
        self._connection.execute(delete(invitations).where(invitations.c.patient_id == patient_id))

    def forget_expired(self, now: datetime) -> None:
        """Delete open invitations whose time is over."""
        self._connection.execute(
            delete(invitations).where(invitations.c.carer.is_(None), invitations.c.expires_at <= now)
        )


def _invitation(row: Any) -> StoredInvitation:
    return StoredInvitation(
        patient_id=PatientId(row.patient_id),
        invitation_id=row.invitation_id,
        sections=tuple(map(Section, row.sections)),
        carer_label=row.carer_label,
        holder_label=row.holder_label,
        expires_at=row.expires_at,
        carer=PatientId(row.carer) if row.carer else None,
        giver=row.giver,
    )
