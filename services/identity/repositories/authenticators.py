"""Authenticator apps of patients: one each, confirmed by its first code."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from contracts.vocabulary import PatientId
from services.identity.tables import authenticators


@dataclass(frozen=True)
class Authenticator:
    """An encrypted secret, and since when its app has been confirmed; None: not yet."""

    sealed: bytes
    confirmed_at: datetime | None


class AuthenticatorRepository(Repository):
    """Encrypted secrets, and the step of time used last: no code opens twice."""

    def put_authenticator(self, patient_id: PatientId, sealed: bytes, now: datetime) -> bool:
        """Store a secret that is not confirmed yet, in place of such another; False where one is confirmed."""
        row = insert(authenticators).values(patient_id=patient_id, sealed=sealed, enrolled_at=now)
        kept = self.connection.execute(
            row.on_conflict_do_update(
                index_elements=["patient_id"],
                set_={"sealed": sealed, "enrolled_at": now},
                where=authenticators.c.confirmed_at.is_(None),
            )
        )
        return kept.rowcount == 1

    def authenticator_of(self, patient_id: PatientId) -> Authenticator | None:
        """A patient's app."""
        row = self.connection.execute(
            select(authenticators.c.sealed, authenticators.c.confirmed_at).where(
                authenticators.c.patient_id == patient_id
            )
        ).first()
        return None if row is None else Authenticator(bytes(row.sealed), row.confirmed_at)

    def an_authenticator(self) -> tuple[PatientId, bytes] | None:
        """Any one, with whose it is; its encrypted secret tells whether the pepper is right."""
        columns = select(authenticators.c.patient_id, authenticators.c.sealed)
        row = self.connection.execute(columns.order_by(authenticators.c.patient_id).limit(1)).first()
        return None if row is None else (PatientId(row.patient_id), bytes(row.sealed))

    def use_step(self, patient_id: PatientId, step: int, now: datetime) -> bool:
        """Use a step up, the first of which confirms the app; False where it, or a later one, was used before."""
        used = self.connection.execute(
            update(authenticators)
            .where(
                authenticators.c.patient_id == patient_id,
                or_(authenticators.c.last_step.is_(None), authenticators.c.last_step < step),
            )
            .values(last_step=step, confirmed_at=func.coalesce(authenticators.c.confirmed_at, now))
        )
        return used.rowcount == 1

    def remove_authenticator(self, patient_id: PatientId) -> bool:
        """Delete a patient's app; False where there was none."""
        gone = self.connection.execute(delete(authenticators).where(authenticators.c.patient_id == patient_id))
        return gone.rowcount == 1
