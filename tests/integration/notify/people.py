"""Builders of people whom identity knows how to reach."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import insert

from contracts.envelope import Actor
from contracts.identity import AccountActivated
from contracts.vocabulary import PatientId, Role, Rpps
from services.identity.tables import accounts, professionals
from tests.integration.notify.stack import NotifyStack


class AccountHolder:
    """A patient, whose account may come later."""

    def __init__(self, stack: NotifyStack) -> None:
        self._house = stack
        self.patient_id = PatientId(uuid4())
        self.email = f"{self.patient_id.hex}@people.example"
        self.mobile = f"+336{self.patient_id.int % 10**8:08}"

    @property
    def actor(self) -> Actor:
        """The patient, logged in."""
        return Actor(role=Role.PATIENT, subject=str(self.patient_id))

    def with_account(self, *, email: bool = True, mobile: bool = True) -> "AccountHolder":
        """Give the patient an account with these addresses verified."""
        with self._house.database("identity") as connection:
            connection.execute(
                insert(accounts).values(
                    patient_id=self.patient_id,
                    identifier=self.patient_id.hex,
                    password_hash="",
                    email=self.email,
                    email_verified=email,
                    mobile=self.mobile,
                    mobile_verified=mobile,
                    activated_at=datetime.now(UTC),
                )
            )
        return self

    def activates_account(self) -> None:
        """The account is there, and everybody is told."""
        self.with_account()
        self._house.deliver("notify", [AccountActivated(patient_id=self.patient_id)])


def doctor_with_email(stack: NotifyStack) -> tuple[Rpps, str]:
    """A professional in the directory: number and e-mail."""
    number = f"8{uuid4().int % 10**10:010}"
    email = f"{number}@doctors.example"
    with stack.database("identity") as connection:
        connection.execute(
            insert(professionals).values(
                rpps=number, title="Dr", family_name="Lind", given_names="Rosa", profession="10", email=email
            )
        )
    return Rpps(number), email
