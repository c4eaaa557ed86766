"""Patients' consents to the opening of their record."""

from sqlalchemy import Connection, insert, select

from contracts.records.lifecycle import GivenConsent
from contracts.vocabulary import OpeningChannel, PatientId
from services.records.tables import consents


class ConsentRepository:
    """Consents are added, never changed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, patient_id: PatientId, consent: GivenConsent) -> None:
        """Insert a consent."""
        self._connection.execute(
            insert(consents).values(
                patient_id=patient_id,
                given_at=consent.at,
                channel=consent.channel.value,
                collector=consent.collector,
                structure=consent.structure,
                text_version=consent.text,
            )
        )

    def latest(self, patient_id: PatientId) -> GivenConsent | None:
        """The last consent of a patient, or None."""
        row = self._connection.execute(
            select(consents).where(consents.c.patient_id == patient_id).order_by(consents.c.given_at.desc()).limit(1)
        ).one_or_none()
        if row is None:
            return None
        return GivenConsent(
            at=row.given_at,
            channel=OpeningChannel(row.channel),
            collector=row.collector,
            structure=row.structure,
            text=row.text_version,
        )
