"""The tables of identity; data about a patient has patient_id first in its key, look-up tables what is looked up.

Look-up tables (by INS, by identifier, by attempt) hold the patient id as `holder`: they answer "who", nothing more.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    false,
    text,
)

from services.identity import browser_tables

metadata = browser_tables.metadata


def _of_provider(table: str) -> tuple[Column[str] | Index, ...]:
    """Session at Pro Santé Connect: `sub` and `sid` of its id token, found when it ends there."""
    names = ("provider_subject", "provider_session")
    columns = (Column(name, Text, nullable=False, server_default="") for name in names)
    return (*columns, *(Index(f"{table}_{name}", name, postgresql_where=text(f"{name} <> ''")) for name in names))


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

# The current number of each person, which `patients` states, and those they had before.
ins_numbers = Table(
    "ins_numbers",
    metadata,
    Column("matricule", Text, primary_key=True),
    Column("oid", Text, primary_key=True),
    Column("holder", Uuid, nullable=False),
    Index("ins_numbers_holder", "holder"),
)

# What agents saw before they changed an INS, or whether somebody lives (`act`); the journal has the other agent.
evidence = Table(
    "evidence",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), primary_key=True),
    Column("act", Text, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("agent", Text, nullable=False),
)

# Deleted if the report was wrong.
deaths = Table(
    "deaths",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("died_on", Date, nullable=False),
    Column("reported_at", DateTime(timezone=True), nullable=False),
)

# Two identities of one person: a row for each of the two. Deleted when the join is undone. `closed`: of the one whose
# account opens no more.
joins = Table(
    "joins",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("other", Uuid, nullable=False, unique=True),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("closed", Boolean, nullable=False),
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
    Column("locked_at", DateTime(timezone=True)),
    # As a lock, since the holder's death was reported; since another identity of theirs, which has an account of its
    # own, was joined to this one.
    Column("deceased_at", DateTime(timezone=True)),
    Column("joined_at", DateTime(timezone=True)),
    Column("pending_since", DateTime(timezone=True)),
    Index("accounts_pending_since", "pending_since", postgresql_where=text("pending_since IS NOT NULL")),
)

# Letters to holders of pending accounts: a hash of the code, and the code encrypted until it is written for the mail
# house.
letters = Table(
    "letters",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("letter_id", Uuid, nullable=False, unique=True),
    Column("code_hash", LargeBinary, nullable=False),
    Column("sealed_code", LargeBinary),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("written_at", DateTime(timezone=True)),
    Index("letters_expires_at", "expires_at"),
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

pending_contacts = Table(
    "pending_contacts",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("attempt_id", Uuid, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("pending_contacts_expires_at", "expires_at"),
)

code_attempts = Table(
    "code_attempts",
    metadata,
    Column("attempt_id", Uuid, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("holder", Uuid),
    Column("sealed", LargeBinary, nullable=False),
    Column("opened_by", Text, nullable=False, server_default="sent"),
    Column("budget", LargeBinary),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("used_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("code_attempts_expires_at", "expires_at"),
    Index("code_attempts_of_holder", "holder"),
)

unfinished_logins = Table(
    "unfinished_logins",
    metadata,
    Column("login_key", LargeBinary, primary_key=True),
    Column("started", Integer, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Index("unfinished_logins_last_at", "last_at"),
)

# How many guesses failed on a day, UTC, under a key; those of known patients limit further ones.
failed_guesses = Table(
    "failed_guesses",
    metadata,
    Column("guess_key", LargeBinary, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("keep_until", Date, nullable=False),
    Index("failed_guesses_keep_until", "keep_until"),
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

# `profession`, `structure`, `card`: what a professional's token states and began with; empty for others.
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
    Column("profession", Text, nullable=False, server_default=""),
    Column("structure", Text, nullable=False, server_default=""),
    Column("card", Text, nullable=False, server_default=""),
    *_of_provider("sessions"),
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
    Index("professionals_by_words", text("words_of(family_name, given_names)"), postgresql_using="gin"),
)

# Those whom the operator keeps out, by cause, whatever the directory states of them.
professional_suspensions = Table(
    "professional_suspensions",
    metadata,
    Column("rpps", Text, primary_key=True),
    Column("cause", Text, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
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
    Column("quota", Integer, nullable=False, server_default=text("0")),
    Column("suspended_at", DateTime(timezone=True)),
)

# Clients of the authorization server: partner apps and back ends.
clients = Table(
    "clients",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("redirect_uris", ARRAY(Text), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("software", Text, nullable=False, server_default=""),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("suspended_at", DateTime(timezone=True)),
    Column("revision", Integer, nullable=False, server_default=text("0")),
)

# Requests that wait for a patient or a professional; without `browser` they were pushed, and no browser has presented
# them yet. `rpps`: the professional whom Pro Santé Connect has confirmed in this browser.
authorizations = Table(
    "authorizations",
    metadata,
    Column("request_id", Uuid, primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("browser", LargeBinary),
    Column("rpps", Text),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    *_of_provider("authorizations"),
    Index("authorizations_expires_at", "expires_at"),
)

# What patients allow apps to do; codes and tokens are stored as hashes.
grants = Table(
    "grants",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("grant_id", Uuid, primary_key=True, unique=True),
    Column("representative", Uuid),
    Column("bound_to", Text, nullable=False, server_default=""),
    Column("client_id", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("challenge", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("code", LargeBinary, nullable=False, unique=True),
    Column("code_until", DateTime(timezone=True), nullable=False),
    Column("code_used_at", DateTime(timezone=True)),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Index("grants_started_at", "started_at"),
    Index("grants_of_representative", "representative", postgresql_where=text("representative IS NOT NULL")),
)

# Used ones are kept as long as their grant: showing one again ends it, unless its answer may have been lost.
# `successor`: what replaced a used one.
refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("grant_id", Uuid, ForeignKey("grants.grant_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Column("successor", LargeBinary),
    Column("repeated_at", DateTime(timezone=True)),
)

# Codes given to business software for a professional who logged in by a browser, and the session each one opens.
professional_codes = Table(
    "professional_codes",
    metadata,
    Column("code", LargeBinary, primary_key=True),
    Column("session_id", Uuid, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("challenge", Text, nullable=False),
    Column("rpps", Text, nullable=False),
    Column("structure", Text, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    *_of_provider("professional_codes"),
    Index("professional_codes_until", "until"),
)

# Used ones are kept as long as their session may last: as those of grants.
professional_refresh_tokens = Table(
    "professional_refresh_tokens",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("session_id", Uuid, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("rpps", Text, nullable=False),
    Column("structure", Text, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Column("successor", LargeBinary),
    Column("repeated_at", DateTime(timezone=True)),
    Index("professional_refresh_tokens_until", "until"),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("credential_id", LargeBinary, primary_key=True, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("label", Text, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
)

# Devices from which patients log in under a count of their own; their tokens are stored as hashes.
known_devices = Table(
    "known_devices",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("device_id", Uuid, primary_key=True),
    Column("token", LargeBinary, nullable=False, unique=True),
    Column("device", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True), nullable=False),
    Index("known_devices_used_at", "used_at"),
)

passkey_challenges = Table(
    "passkey_challenges",
    metadata,
    Column("attempt_id", Uuid, primary_key=True),
    Column("challenge", LargeBinary, nullable=False),
    Column("holder", Uuid),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("passkey_challenges_expires_at", "expires_at"),
)
