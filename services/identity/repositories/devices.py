"""Known devices of patients: found by their token, listed and forgotten by their holder."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository
from contracts.identity.logins import KnownDevice
from contracts.vocabulary import PatientId
from services.identity import domain
from services.identity.tables import accounts, known_devices


class DeviceRepository(Repository):
    """A device serves its own patient only."""

    def remember_device(self, patient_id: PatientId, device: KnownDevice, token: bytes) -> None:
        """Store a device; of more than ten, the one used longest ago is forgotten."""
        self.connection.execute(
            insert(known_devices).values(
                patient_id=patient_id,
                device_id=device.device_id,
                token=token,
                device=device.device,
                since=device.since,
                used_at=device.used_at,
            )
        )
        columns = known_devices.c
        mine = select(columns.device_id).where(columns.patient_id == patient_id)
        beyond = mine.order_by(columns.used_at.desc()).offset(domain.MOST_DEVICES)
        self.connection.execute(
            delete(known_devices).where(columns.patient_id == patient_id, columns.device_id.in_(beyond))
        )

    def use_device(self, token: bytes, identifier: str, now: datetime) -> UUID | None:
        """The device of this token, if it is known to the account of this identifier."""
        columns = known_devices.c
        holder = select(accounts.c.patient_id).where(accounts.c.identifier == identifier).scalar_subquery()
        lasts = columns.used_at > now - domain.DEVICE_LIFE
        used = update(known_devices).where(columns.token == token, columns.patient_id == holder, lasts)
        found: UUID | None = self.connection.scalar(used.values(used_at=now).returning(columns.device_id))
        return found

    def devices_of(self, patient_id: PatientId) -> Sequence[KnownDevice]:
        """A patient's devices, the one used last first."""
        columns = known_devices.c
        query = select(columns.device_id, columns.device, columns.since, columns.used_at)
        rows = self.connection.execute(
            query.where(columns.patient_id == patient_id).order_by(columns.used_at.desc(), columns.device_id)
        )
        return [KnownDevice(**row._asdict()) for row in rows]

    def forget_devices(self, patient_id: PatientId, *, only: UUID | None = None) -> None:
        """Forget one device of a patient, or all."""
        mine = known_devices.c.patient_id == patient_id
        if only is not None:
            mine &= known_devices.c.device_id == only
        self.connection.execute(delete(known_devices).where(mine))

    def forget_unused_devices(self, now: datetime) -> None:
        """Delete devices that were not used for too long."""
        self.connection.execute(delete(known_devices).where(known_devices.c.used_at <= now - domain.DEVICE_LIFE))
