"""Patients: the one patient id of each INS, and the traits the card stated last."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository, is_one_of
from contracts.identity.people import FindByTraits, Person, Traits
from contracts.traits import fold_name
from contracts.vocabulary import Act, Ins, PatientId
from services.identity.tables import evidence, ins_numbers, patients


class PatientRepository(Repository):
    """Finds and enters patients."""

    def find_patient(self, ins: Ins) -> PatientId | None:
        """The patient who has this INS."""
        wanted = (ins_numbers.c.matricule == ins.matricule) & (ins_numbers.c.oid == ins.oid)
        found = self.connection.scalar(select(ins_numbers.c.holder).where(wanted))
        return None if found is None else PatientId(found)

    def find_by_traits(self, wanted: FindByTraits, *, most: int) -> list[Person]:
        """Those with these traits, at most `most`."""
        query = select(patients).where(
            patients.c.family_key == fold_name(wanted.family_name),
            patients.c.birth_date == wanted.birth_date,
        )
        if given := fold_name(wanted.given_names):
            query = query.where(patients.c.given_key.startswith(given, autoescape=True))
        if wanted.sex:
            query = query.where(patients.c.sex == wanted.sex)
        rows = self.connection.execute(query.order_by(patients.c.given_key, patients.c.patient_id).limit(most))
        return [_person(row) for row in rows]

    def person(self, patient_id: PatientId) -> Person | None:
        """Who a patient is, None where nobody is known by this id."""
        row = self.connection.execute(select(patients).where(patients.c.patient_id == patient_id)).first()
        return None if row is None else _person(row)

    def persons(self, patient_ids: Collection[PatientId]) -> list[Person]:
        """Those of these patients who are known."""
        query = select(patients).where(is_one_of(patients.c.patient_id, patient_ids))
        return [_person(row) for row in self.connection.execute(query)]

    def birth_date_of(self, patient_id: PatientId) -> date | None:
        """When this patient was born, None where nobody is known by this id."""
        found: date | None = self.connection.scalar(
            select(patients.c.birth_date).where(patients.c.patient_id == patient_id)
        )
        return found

    def add_number(self, ins: Ins, patient_id: PatientId) -> bool:
        """Make a number this person's; False where it is another's."""
        row = insert(ins_numbers).values(matricule=ins.matricule, oid=ins.oid, holder=patient_id)
        self.connection.execute(row.on_conflict_do_nothing())
        return self.find_patient(ins) == patient_id

    def remove_number(self, ins: Ins) -> None:
        """Make a number nobody's."""
        is_it = (ins_numbers.c.matricule == ins.matricule) & (ins_numbers.c.oid == ins.oid)
        self.connection.execute(delete(ins_numbers).where(is_it))

    def set_ins(self, patient_id: PatientId, ins: Ins, *, key_is_right: bool, sex: str) -> None:
        """Make one of a person's numbers the current one."""
        values = {"matricule": ins.matricule, "oid": ins.oid, "key_is_right": key_is_right, "sex": sex}
        self.connection.execute(update(patients).where(patients.c.patient_id == patient_id).values(**values))

    def put_evidence(self, patient_id: PatientId, act: Act, reference: str, *, by: str, now: datetime) -> None:
        """Keep what an agent saw before this act."""
        row = insert(evidence).values(patient_id=patient_id, at=now, act=act.value, reference=reference, agent=by)
        self.connection.execute(row)

    def former_numbers(self, person: Person) -> tuple[Ins, ...]:
        """The numbers that a person had before."""
        query = select(ins_numbers).where(ins_numbers.c.holder == person.patient_id)
        rows = self.connection.execute(query.order_by(ins_numbers.c.oid, ins_numbers.c.matricule))
        numbers = (Ins(matricule=row.matricule, oid=row.oid) for row in rows)
        return tuple(number for number in numbers if number != person.ins)

    def admit(self, ins: Ins, traits: Traits, *, key_is_right: bool, new_id: PatientId, now: datetime) -> PatientId:
        """The patient id of this INS: the known one, or `new_id`; of two at the same time both get the first's.

        The traits are replaced by what the card states now, unless it states a number that the person had before.
        """
        number = insert(ins_numbers).values(matricule=ins.matricule, oid=ins.oid, holder=new_id)
        # A concurrent insert is waited for; the next statement then sees its row.
        self.connection.execute(number.on_conflict_do_nothing())
        patient_id = self.find_patient(ins)
        assert patient_id is not None
        values = {
            "family_name": traits.family_name,
            "family_key": fold_name(traits.family_name),
            "given_key": fold_name(traits.given_names),
            "given_names": traits.given_names,
            "birth_date": traits.birth_date,
            "sex": traits.sex,
            "card_shown_at": now,
        }
        row = insert(patients).values(
            patient_id=patient_id,
            matricule=ins.matricule,
            oid=ins.oid,
            key_is_right=key_is_right,
            admitted_at=now,
            **values,
        )
        is_current = (patients.c.matricule == ins.matricule) & (patients.c.oid == ins.oid)
        self.connection.execute(
            row.on_conflict_do_update(index_elements=["patient_id"], set_=values, where=is_current)
        )
        return patient_id


def _person(row: "Row[Any]") -> Person:
    return Person(
        patient_id=PatientId(row.patient_id),
        ins=Ins(matricule=row.matricule, oid=row.oid),
        traits=Traits(
            family_name=row.family_name, given_names=row.given_names, birth_date=row.birth_date, sex=row.sex
        ),
    )
