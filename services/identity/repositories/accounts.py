"""Patients' accounts: active ones, and those that wait for the code that proves their contact."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.repository import Repository, is_one_of
from contracts.identity.people import Contact
from contracts.vocabulary import Channel, PatientId
from services.identity.domain.activating import PENDING_LIFE
from services.identity.tables import accounts, identifiers, pending_accounts, pending_contacts


@dataclass(frozen=True)
class PendingAccount:
    """An account whose contact is not proven yet; the code was sent by `channel`."""

    patient_id: PatientId
    attempt_id: UUID
    identifier: str
    password_hash: str
    email: str
    mobile: str
    channel: Channel
    expires_at: datetime


@dataclass(frozen=True)
class Account:
    """An active account with its verified contact."""

    patient_id: PatientId
    identifier: str
    password_hash: str
    contact: Contact
    locked_at: datetime | None = None
    """Since when it opens no more: locked by the operator, its holder died, or is another identity from now on."""
    pending_since: datetime | None = None
    """Since when it waits for its second factor; None: it opens."""


@dataclass(frozen=True)
class PendingContact:
    """A new address that waits for the code sent to it."""

    patient_id: PatientId
    attempt_id: UUID
    channel: Channel
    address: str
    expires_at: datetime


class AccountRepository(Repository):
    """An identifier belongs to one patient, a patient has one account."""

    def is_taken(self, patient_id: PatientId, identifier: str) -> bool:
        """Whether this patient has an account already, or somebody else the identifier.

        A pending account of the patient is in nobody's way: it is replaced.
        """
        own = (accounts.c.patient_id == patient_id) & accounts.c.pending_since.is_(None)
        taken = or_(own, (accounts.c.identifier == identifier) & (accounts.c.patient_id != patient_id))
        return bool(self.connection.scalar(select(exists().where(taken))))

    def put_pending(self, pending: PendingAccount) -> None:
        """Store a pending account; it replaces the patient's earlier one, if any."""
        values = {column.name: getattr(pending, column.name) for column in pending_accounts.c}
        row = insert(pending_accounts).values(values)
        self.connection.execute(row.on_conflict_do_update(index_elements=["patient_id"], set_=values))

    def take_pending(self, patient_id: PatientId, attempt_id: UUID) -> PendingAccount | None:
        """Delete and return the pending account of this attempt."""
        wanted = (pending_accounts.c.patient_id == patient_id) & (pending_accounts.c.attempt_id == attempt_id)
        row = self.connection.execute(delete(pending_accounts).where(wanted).returning(*pending_accounts.c)).first()
        if row is None:
            return None
        facts = row._asdict() | {"channel": Channel(row.channel)}
        return PendingAccount(**facts)

    def activate(self, pending: PendingAccount, now: datetime, *, waits: bool) -> bool:
        """Make the account active, or `waits`, the proven contact verified, in place of one that waits.

        False when patient or identifier has one already.
        """
        self._remove_pending(accounts.c.patient_id == pending.patient_id)
        name = insert(identifiers).values(identifier=pending.identifier, holder=pending.patient_id)
        account = insert(accounts).values(
            patient_id=pending.patient_id,
            identifier=pending.identifier,
            password_hash=pending.password_hash,
            email=pending.email,
            email_verified=pending.channel is Channel.EMAIL,
            mobile=pending.mobile,
            mobile_verified=pending.channel is Channel.SMS,
            activated_at=now,
            pending_since=now if waits else None,
        )
        entered = [
            self.connection.execute(row.on_conflict_do_nothing().returning(*row.table.primary_key)).first()
            for row in (name, account)
        ]
        return all(entered)

    def open_account(self, patient_id: PatientId) -> bool:
        """Make a pending account active; False where there is none."""
        waiting = (accounts.c.patient_id == patient_id) & accounts.c.pending_since.is_not(None)
        return self.connection.execute(update(accounts).where(waiting).values(pending_since=None)).rowcount == 1

    def forget_pending_accounts(self, now: datetime) -> None:
        """Delete accounts that have waited for too long."""
        self._remove_pending(accounts.c.pending_since <= now - PENDING_LIFE)

    def _remove_pending(self, which: ColumnElement[bool]) -> None:
        gone = delete(accounts).where(which, accounts.c.pending_since.is_not(None)).returning(accounts.c.identifier)
        names = self.connection.scalars(gone).all()
        self.connection.execute(delete(identifiers).where(is_one_of(identifiers.c.identifier, names)))

    def find_account(self, identifier: str) -> Account | None:
        """The account of an identifier."""
        query = select(accounts).join(identifiers, identifiers.c.holder == accounts.c.patient_id)
        row = self.connection.execute(query.where(identifiers.c.identifier == identifier)).first()
        return None if row is None else _account(row)

    def account_of(self, patient_id: PatientId) -> Account | None:
        """A patient's account."""
        row = self.connection.execute(select(accounts).where(accounts.c.patient_id == patient_id)).first()
        return None if row is None else _account(row)

    def set_password(self, patient_id: PatientId, password_hash: str) -> None:
        """Give an account another password."""
        mine = accounts.c.patient_id == patient_id
        self.connection.execute(update(accounts).where(mine).values(password_hash=password_hash))

    def set_contact(self, patient_id: PatientId, channel: Channel, address: str) -> None:
        """Give an account another address, verified."""
        name = "mobile" if channel is Channel.SMS else "email"
        mine = accounts.c.patient_id == patient_id
        self.connection.execute(update(accounts).where(mine).values({name: address, f"{name}_verified": True}))

    def lock_account(self, patient_id: PatientId, since: datetime | None) -> Account | None:
        """Lock an account, or unlock it; None where there is none."""
        mine = accounts.c.patient_id == patient_id
        changed = update(accounts).where(mine).values(locked_at=since).returning(*accounts.c)
        row = self.connection.execute(changed).first()
        return None if row is None else _account(row)

    def put_pending_contact(self, pending: PendingContact) -> None:
        """Store a pending address; it replaces the patient's earlier one, if any."""
        values = {column.name: getattr(pending, column.name) for column in pending_contacts.c}
        row = insert(pending_contacts).values(values)
        self.connection.execute(row.on_conflict_do_update(index_elements=["patient_id"], set_=values))

    def take_pending_contact(self, patient_id: PatientId, attempt_id: UUID) -> PendingContact | None:
        """Delete and return the pending address of this attempt."""
        wanted = (pending_contacts.c.patient_id == patient_id) & (pending_contacts.c.attempt_id == attempt_id)
        row = self.connection.execute(delete(pending_contacts).where(wanted).returning(*pending_contacts.c)).first()
        return None if row is None else PendingContact(**row._asdict() | {"channel": Channel(row.channel)})

    def forget_pending_contact(self, patient_id: PatientId) -> None:
        """Delete a patient's pending address."""
        self.connection.execute(delete(pending_contacts).where(pending_contacts.c.patient_id == patient_id))

    def forget_expired_accounts(self, now: datetime) -> None:
        """Delete pending accounts and addresses whose code was not presented in time."""
        for table in (pending_accounts, pending_contacts):
            self.connection.execute(delete(table).where(table.c.expires_at < now))


def _account(row: Row[*tuple[object, ...]]) -> Account:
    return Account(
        patient_id=PatientId(row.patient_id),
        identifier=row.identifier,
        password_hash=row.password_hash,
        contact=Contact(
            email=row.email if row.email_verified else None,
            mobile=row.mobile if row.mobile_verified else None,
        ),
        locked_at=row.locked_at or row.deceased_at or row.joined_at,
        pending_since=row.pending_since,
    )
