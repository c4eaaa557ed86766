"""People with a contact in identity's database."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import insert

from contracts.envelope import Actor
from contracts.identity.events import AccountActivated
from contracts.vocabulary import PatientId, Role, Rpps
from services.identity.tables import accounts, professionals
from tests.support.service_stack import ServiceStack


class AccountHolder:
    """A patient, with or without an account."""

    def __init__(self, stack: ServiceStack) -> None:
        self._stack = stack
        self.patient_id = PatientId(uuid4())
        self.email = f"{self.patient_id.hex}@people.example"
        self.mobile = f"+336{self.patient_id.int % 10**8:08}"

    @property
    def actor(self) -> Actor:
        return Actor(role=Role.PATIENT, subject=str(self.patient_id))

    def with_account(self, *, email: bool = True, mobile: bool = True) -> "AccountHolder":
        """Create an account; the flags say which addresses are verified."""
        with self._stack.database("identity") as connection:
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
        """Create the account and deliver the event of it."""
        self.with_account()
        self._stack.deliver("notify", [AccountActivated(patient_id=self.patient_id)])


def doctor_with_email(stack: ServiceStack) -> tuple[Rpps, str]:
    """RPPS number and e-mail of a new professional in the directory."""
    number = f"8{uuid4().int % 10**10:010}"
    email = f"{number}@doctors.example"
    with stack.database("identity") as connection:
        connection.execute(
            insert(professionals).values(
                rpps=number, title="Dr", family_name="Lind", given_names="Rosa", profession="10", email=email
            )
        )
    return Rpps(number), email
