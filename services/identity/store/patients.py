"""Patients: the one patient id of each INS, and the traits the card stated last."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contracts.identity import Traits
from contracts.vocabulary import Ins, PatientId
from services.identity.store.shelf import Shelf
from services.identity.tables import ins_numbers, patients


class PatientStore(Shelf):
    """Finds and admits patients."""

    def find_patient(self, ins: Ins) -> PatientId | None:
        """The patient who bears this INS."""
        wanted = (ins_numbers.c.matricule == ins.matricule) & (ins_numbers.c.oid == ins.oid)
        found = self.connection.scalar(select(ins_numbers.c.holder).where(wanted))
        return None if found is None else PatientId(found)

    def birth_date_of(self, patient_id: PatientId) -> date | None:
        """When this patient was born, None where nobody is known by this id."""
        found: date | None = self.connection.scalar(
            select(patients.c.birth_date).where(patients.c.patient_id == patient_id)
        )
        return found

    def admit(self, ins: Ins, traits: Traits, *, key_is_right: bool, new_id: PatientId, now: datetime) -> PatientId:
        """The patient id of this INS: the known one, or `new_id`; of two at once the second gets the first's.

        The traits are replaced by what the card states now.
        """
        number = insert(ins_numbers).values(matricule=ins.matricule, oid=ins.oid, holder=new_id)
        # A concurrent insert is waited for; the next statement then sees its row.
        self.connection.execute(number.on_conflict_do_nothing())
        patient_id = self.find_patient(ins)
        assert patient_id is not None
        facts = {
            "key_is_right": key_is_right,
            "family_name": traits.family_name,
            "given_names": traits.given_names,
            "birth_date": traits.birth_date,
            "sex": traits.sex,
            "card_shown_at": now,
        }
        row = insert(patients).values(
            patient_id=patient_id, matricule=ins.matricule, oid=ins.oid, admitted_at=now, **facts
        )
        self.connection.execute(row.on_conflict_do_update(index_elements=["patient_id"], set_=facts))
        return patient_id
