"""Tables of the records service; their keys begin with the patient, but for filing plans."""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.joins import joins_table

metadata = MetaData()

joins = joins_table(metadata)

records = Table(
    "records",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("matricule", Text, nullable=False),
    Column("ins_oid", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("opener", Text, nullable=False),
    Column("structure", Text),
    Column("profession", Text),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("majority_on", Date),
    Column("closed_at", DateTime(timezone=True)),
    Column("close_reason", Text),
    Column("purge_on", Date),
    Column("default_masked", Boolean, nullable=False),
    Column("masked_in_place", Boolean),
    Column("masked_by", Text),
    Column("birth_name", Text),
    Column("given_names", Text),
    Column("birth_date", Date),
    Column("sex", Text),
)

consents = Table(
    "consents",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("given_at", DateTime(timezone=True), primary_key=True),
    Column("channel", Text, nullable=False),
    Column("collector", Text, nullable=False),
    Column("structure", Text),
    Column("text_version", Text),
)

documents = Table(
    "documents",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
    Column("entry_uuid", Text, nullable=False),
    Column("unique_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("class_code", Text, nullable=False),
    Column("type_code", Text, nullable=False),
    Column("format_code", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("author_rpps", Text, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("author_structure", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("deposited_at", DateTime(timezone=True), nullable=False),
    Column("language", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha1", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("masque_ps", Boolean, nullable=False),
    Column("replaces", Text),
    Column("content_id", Uuid, nullable=False),
    Column("depositor", Text, nullable=False),
    Column("depositor_kind", Text, nullable=False),
    Column("structure", Text),
    Column("invisible_until", DateTime(timezone=True)),
    Column("hidden_from_representatives", Boolean, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("confidentiality", Text, nullable=False),
    Column("service_start", DateTime(timezone=True)),
    Column("service_stop", DateTime(timezone=True)),
    Column("tokens", ARRAY(Text), nullable=False),
    Column("families", Text, nullable=False),
    Column("givens", Text, nullable=False),
    Column("lot_id", Uuid),
    Column("filed_by", Text, nullable=False),
    Column("replaced", Boolean, nullable=False),
    Column("never_shown", Boolean, nullable=False),
)

# The older versions of a document (`MOST_STEPS` of them), with the number of replacements between the two.
replacements = Table(
    "replacements",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("older", Uuid, primary_key=True),
    Column("newer", Uuid, primary_key=True),
    Column("steps", Integer, nullable=False),
)

folders = Table(
    "folders",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("folder_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
)

folder_documents = Table(
    "folder_documents",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("folder_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
)

pins = Table(
    "pins",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("document_id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
)

filing_plans = Table(
    "filing_plans",
    metadata,
    Column("version", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
    Column("loaded_by", Text, nullable=False),
)

lots = Table(
    "lots",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("lot_id", Uuid, primary_key=True),
    Column("unique_id", Text, nullable=False),
    Column("source_id", Text),
    Column("families", Text, nullable=False),
    Column("givens", Text, nullable=False),
    Column("content_type", Text),
    Column("content_system", Text),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("deposited_at", DateTime(timezone=True), nullable=False),
    Column("depositor", Text, nullable=False),
    Column("depositor_kind", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
)

depositors = Table(
    "depositors",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("rpps", Text, primary_key=True),
)

receipts = Table(
    "receipts",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("content_id", Uuid, primary_key=True),
    Column("presented_at", DateTime(timezone=True), nullable=False),
)

first_reads = Table(
    "first_reads",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("rpps", Text, primary_key=True),
    Column("secret", Boolean, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
)

# The latest visit of a professional to a record, and when the one before began.
professional_visits = Table(
    "visits",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("rpps", Text, primary_key=True),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("latest_at", DateTime(timezone=True), nullable=False),
    Column("before_at", DateTime(timezone=True)),
)
