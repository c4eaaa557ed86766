"""Letters to the holders of pending accounts: made, tried, and written once for the mail house."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import NullPool, create_engine, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository, is_one_of
from contracts.vocabulary import PatientId
from services.identity.domain.activating import LETTER_TRIES
from services.identity.tables import deaths, letters, patients


@dataclass(frozen=True, kw_only=True)
class ActivationLetter:
    """A letter to be written; `letter_id` names it to the mail house, which learns no other id."""

    patient_id: PatientId
    letter_id: UUID
    code_hash: bytes
    sealed_code: bytes
    expires_at: datetime


@dataclass(frozen=True)
class WaitingLetter:
    """A letter that was not written yet, with whom it is for."""

    patient_id: PatientId
    letter_id: UUID
    sealed_code: bytes
    expires_at: datetime
    family_name: str
    given_names: str
    birth_date: date
    matricule: str
    oid: str


class LetterRepository(Repository):
    """One letter per patient: a new one replaces the earlier."""

    def put_letter(self, letter: ActivationLetter) -> None:
        """Store a letter to be written."""
        values = {
            "letter_id": letter.letter_id,
            "code_hash": letter.code_hash,
            "sealed_code": letter.sealed_code,
            "tries": 0,
            "expires_at": letter.expires_at,
            "written_at": None,
        }
        row = insert(letters).values(patient_id=letter.patient_id, **values)
        self.connection.execute(row.on_conflict_do_update(index_elements=["patient_id"], set_=values))

    def try_letter(self, patient_id: PatientId, code_hash: bytes, now: datetime) -> bool:
        """Count a try, and whether the code is the letter's; for a transaction of its own."""
        columns = letters.c
        mine = (columns.patient_id == patient_id) & (columns.tries < LETTER_TRIES) & (columns.expires_at > now)
        tried = update(letters).where(mine).values(tries=columns.tries + 1)
        found = self.connection.scalar(tried.returning(columns.code_hash == code_hash))
        return bool(found)

    def a_sealed_letter(self) -> tuple[PatientId, bytes] | None:
        """Any letter that was not written yet, with its encrypted code."""
        columns = select(letters.c.patient_id, letters.c.sealed_code).where(letters.c.sealed_code.is_not(None))
        row = self.connection.execute(columns.order_by(letters.c.patient_id).limit(1)).first()
        return None if row is None else (PatientId(row.patient_id), bytes(row.sealed_code))

    def forget_letter(self, patient_id: PatientId) -> None:
        """Delete a patient's letter."""
        self.connection.execute(delete(letters).where(letters.c.patient_id == patient_id))

    def letters_to_write(self, now: datetime) -> Sequence[WaitingLetter]:
        """Those not written yet, locked until the transaction ends; none to the dead."""
        columns = letters.c
        is_dead = exists().where(deaths.c.patient_id == columns.patient_id)
        query = (
            select(
                columns.patient_id,
                columns.letter_id,
                columns.sealed_code,
                columns.expires_at,
                patients.c.family_name,
                patients.c.given_names,
                patients.c.birth_date,
                patients.c.matricule,
                patients.c.oid,
            )
            .join_from(letters, patients, patients.c.patient_id == columns.patient_id)
            .where(columns.sealed_code.is_not(None), columns.expires_at > now, ~is_dead)
            .order_by(columns.expires_at, columns.letter_id)
            .with_for_update(of=letters)
        )
        return [
            WaitingLetter(**row._asdict() | {"sealed_code": bytes(row.sealed_code)})
            for row in self.connection.execute(query)
        ]

    def mark_written(self, letter_ids: Sequence[UUID], now: datetime) -> None:
        """Destroy the codes that were written; their hashes stay."""
        written = update(letters).where(is_one_of(letters.c.letter_id, letter_ids))
        self.connection.execute(written.values(sealed_code=None, written_at=now))

    def forget_expired_letters(self, now: datetime) -> None:
        """Delete letters whose accounts are no longer pending for long."""
        self.connection.execute(delete(letters).where(letters.c.expires_at <= now))


@contextmanager
def writing_transaction(database_url: str) -> Iterator[LetterRepository]:
    """One transaction of a local command; rolled back by an error inside."""
    engine = create_engine(
        database_url.replace("postgresql://", "postgresql+psycopg2://", 1),
        poolclass=NullPool,
        connect_args={"connect_timeout": 5, "client_encoding": "UTF8"},
    )
    with engine.begin() as connection:
        yield LetterRepository(connection)
