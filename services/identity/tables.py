"""The shelves of identity; what is kept about a patient is led by patient_id, what finds one is led by what is asked.

Look-up shelves (by INS, by identifier, by attempt) hold the patient id as `holder`: they answer "who", nothing more.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
    text,
)

metadata = MetaData()

patients = Table(
    "patients",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("matricule", Text, nullable=False),
    Column("oid", Text, nullable=False),
    Column("key_is_right", Boolean, nullable=False),
    Column("family_name", Text, nullable=False),
    Column("given_names", Text, nullable=False),
    Column("birth_date", Date, nullable=False),
    Column("sex", Text, nullable=False),
    Column("admitted_at", DateTime(timezone=True), nullable=False),
    Column("card_shown_at", DateTime(timezone=True), nullable=False),
    Column("family_key", Text, nullable=False),
    Column("given_key", Text, nullable=False),
    Index("patients_by_traits", "family_key", "birth_date"),
)

ins_numbers = Table(
    "ins_numbers",
    metadata,
    Column("matricule", Text, primary_key=True),
    Column("oid", Text, primary_key=True),
    Column("holder", Uuid, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("identifier", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("email_verified", Boolean, nullable=False),
    Column("mobile", Text, nullable=False),
    Column("mobile_verified", Boolean, nullable=False),
    Column("activated_at", DateTime(timezone=True), nullable=False),
)

identifiers = Table(
    "identifiers",
    metadata,
    Column("identifier", Text, primary_key=True),
    Column("holder", Uuid, nullable=False),
)

pending_accounts = Table(
    "pending_accounts",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("attempt_id", Uuid, nullable=False),
    Column("identifier", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("mobile", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("pending_accounts_expires_at", "expires_at"),
)

code_attempts = Table(
    "code_attempts",
    metadata,
    Column("attempt_id", Uuid, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("holder", Uuid),
    Column("sealed", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("used_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("code_attempts_expires_at", "expires_at"),
)

unfinished_logins = Table(
    "unfinished_logins",
    metadata,
    Column("login_key", LargeBinary, primary_key=True),
    Column("started", Integer, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Index("unfinished_logins_last_at", "last_at"),
)

spent_proofs = Table(
    "spent_proofs",
    metadata,
    Column("mark", LargeBinary, primary_key=True),
    Column("keep_until", DateTime(timezone=True), nullable=False),
    Index("spent_proofs_keep_until", "keep_until"),
)

authenticators = Table(
    "authenticators",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("last_step", Integer),
    Column("enrolled_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("role", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("means", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Index("sessions_of_holder", "holder", "role"),
    Index("sessions_until", "until"),
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    Index("ended_sessions_ended_at", "ended_at"),
)

structures = Table(
    "structures",
    metadata,
    Column("finess", Text, primary_key=True),
    Column("name", Text, nullable=False),
)

professionals = Table(
    "professionals",
    metadata,
    Column("rpps", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("family_name", Text, nullable=False),
    Column("given_names", Text, nullable=False),
    Column("profession", Text, nullable=False),
    Column("email", Text),
    Column("mobile", Text),
    Column("specialty", Text),
    Column("from_extract", Boolean, nullable=False, server_default=false()),
    Column("retired_at", DateTime(timezone=True)),
)

practices = Table(
    "practices",
    metadata,
    Column("rpps", Text, ForeignKey("professionals.rpps"), primary_key=True),
    Column("finess", Text, ForeignKey("structures.finess"), primary_key=True),
)

software = Table(
    "software",
    metadata,
    Column("number", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("profile", Text, nullable=False),
)
