"""The only SQL of the consent service: facts out, decisions of people in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, Connection, Table, bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from contracts.consent import Authorisation
from contracts.vocabulary import AccessMode, PatientId, Rpps
from services.consent.domain import Facts
from services.consent.tables import authorisations, blocks, emergencies, medecins_traitants, oppositions

_PATIENT: BindParameter[UUID] = bindparam("patient_id")
_RPPS: BindParameter[str] = bindparam("rpps")
_MODE: BindParameter[str] = bindparam("mode")
_NOW: BindParameter[datetime] = bindparam("now")


# Every fact of a decision in one round trip, each by primary key.
_FACTS = select(
    select(authorisations.c.until)
    .where(authorisations.c.patient_id == _PATIENT, authorisations.c.rpps == _RPPS)
    .scalar_subquery()
    .label("until"),
    exists()
    .where(medecins_traitants.c.patient_id == _PATIENT, medecins_traitants.c.rpps == _RPPS)
    .label("medecin_traitant"),
    exists().where(blocks.c.patient_id == _PATIENT, blocks.c.rpps == _RPPS).label("blocked"),
    exists().where(oppositions.c.patient_id == _PATIENT, oppositions.c.mode == _MODE).label("opposed"),
    exists()
    .where(
        emergencies.c.patient_id == _PATIENT,
        emergencies.c.rpps == _RPPS,
        emergencies.c.mode == _MODE,
        emergencies.c.until > _NOW,
    )
    .label("emergency"),
)


class ConsentStore:
    """What patients decided about professionals."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def facts(self, patient_id: PatientId, rpps: Rpps, mode: AccessMode, now: datetime) -> Facts:
        """Everything on file between this patient and this professional, for this mode, now."""
        row = self._connection.execute(
            _FACTS, {"patient_id": patient_id, "rpps": rpps, "mode": mode.value, "now": now}
        ).one()
        return Facts(
            authorised=row.until is not None and row.until > now,
            expired=row.until is not None and row.until <= now,
            medecin_traitant=row.medecin_traitant,
            blocked=row.blocked,
            opposed=row.opposed,
            emergency=row.emergency,
        )

    def authorise(self, authorisation: Authorisation) -> None:
        """File an authorisation; one already there gets the new dates."""
        self._connection.execute(
            insert(authorisations)
            .values(
                patient_id=authorisation.patient_id,
                rpps=authorisation.rpps,
                since=authorisation.since,
                until=authorisation.until,
            )
            .on_conflict_do_update(
                index_elements=["patient_id", "rpps"],
                set_={"until": authorisation.until, "since": authorisation.since},
            )
        )

    def end_authorisation(self, patient_id: PatientId, rpps: Rpps) -> None:
        """Take an authorisation off the file."""
        self._forget(authorisations, patient_id, rpps)

    def name_medecin_traitant(self, patient_id: PatientId, rpps: Rpps, now: datetime) -> None:
        """File a médecin traitant; several may exist."""
        self._note(medecins_traitants, patient_id, rpps, now)

    def block(self, patient_id: PatientId, rpps: Rpps, now: datetime) -> None:
        """File a block."""
        self._note(blocks, patient_id, rpps, now)

    def unblock(self, patient_id: PatientId, rpps: Rpps) -> None:
        """Take a block off the file."""
        self._forget(blocks, patient_id, rpps)

    def set_opposition(self, patient_id: PatientId, mode: AccessMode, *, opposed: bool, now: datetime) -> None:
        """File or lift an opposition to an emergency mode."""
        if opposed:
            self._connection.execute(
                insert(oppositions).values(patient_id=patient_id, mode=mode.value, since=now).on_conflict_do_nothing()
            )
        else:
            self._connection.execute(
                delete(oppositions).where(oppositions.c.patient_id == patient_id, oppositions.c.mode == mode.value)
            )

    def open_emergency(
        self, patient_id: PatientId, rpps: Rpps, mode: AccessMode, reason: str, *, since: datetime, until: datetime
    ) -> None:
        """File an emergency access with its reason."""
        self._connection.execute(
            insert(emergencies).values(
                patient_id=patient_id, rpps=rpps, mode=mode.value, reason=reason, since=since, until=until
            )
        )

    def authorisations(self, patient_id: PatientId) -> tuple[Authorisation, ...]:
        """All on file, newest first."""
        rows = self._connection.execute(
            select(authorisations)
            .where(authorisations.c.patient_id == patient_id)
            .order_by(authorisations.c.since.desc())
        )
        return tuple(
            Authorisation(patient_id=patient_id, rpps=Rpps(row.rpps), since=row.since, until=row.until)
            for row in rows
        )

    def medecins_traitants(self, patient_id: PatientId) -> tuple[Rpps, ...]:
        """Who the patient named."""
        return self._numbers(medecins_traitants, patient_id)

    def blocked(self, patient_id: PatientId) -> tuple[Rpps, ...]:
        """Whom the patient blocked."""
        return self._numbers(blocks, patient_id)

    def oppositions(self, patient_id: PatientId) -> tuple[AccessMode, ...]:
        """Emergency modes the patient opposed."""
        rows = self._connection.execute(select(oppositions.c.mode).where(oppositions.c.patient_id == patient_id))
        return tuple(AccessMode(mode) for mode in rows.scalars())

    def _numbers(self, table: Table, patient_id: PatientId) -> tuple[Rpps, ...]:
        rows = self._connection.execute(
            select(table.c.rpps).where(table.c.patient_id == patient_id).order_by(table.c.since)
        )
        return tuple(Rpps(number) for number in rows.scalars())

    def _note(self, table: Table, patient_id: PatientId, rpps: Rpps, now: datetime) -> None:
        self._connection.execute(
            insert(table).values(patient_id=patient_id, rpps=rpps, since=now).on_conflict_do_nothing()
        )

    def _forget(self, table: Table, patient_id: PatientId, rpps: Rpps) -> None:
        self._connection.execute(delete(table).where(table.c.patient_id == patient_id, table.c.rpps == rpps))
