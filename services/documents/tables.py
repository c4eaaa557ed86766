"""Tables of documents: what is kept of each content (never its bytes), unclaimed objects, spent tickets."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)

metadata = MetaData()

contents = Table(
    "contents",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("content_id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    Column("object_key", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("frame_size", Integer, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("wrapped_key", LargeBinary),
    Column("staged_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("(state = 'destroyed') = (wrapped_key IS NULL)", name="a_key_until_destroyed"),
    Index(
        "contents_key_id",
        "key_id",
        "patient_id",
        "content_id",
        postgresql_where=text("wrapped_key IS NOT NULL"),
    ),
)
"""`size` in bytes and `sha256` of the plain content, `frame_size` in plain bytes; `key_id` names the generation of
master keys that wrapped the key."""

unclaimed_objects = Table(
    "unclaimed_objects",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("content_id", Uuid, primary_key=True),
    Column("object_key", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Index("unclaimed_objects_due_at", "due_at"),
)
"""A row is written before its object is put, deleted when a document claims the object, and written again when that
document's record is destroyed: every object in the bucket is either claimed or listed here."""

clinical_data = Table(
    "clinical_data",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("content_id", Uuid, primary_key=True),
    Column("edition", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
"""Clinical data of structured contents, sealed under the key of their content and deleted with it; `edition` names
the code that read them. A row may be missing: it is made again when somebody reads."""

spent_tickets = Table(
    "spent_tickets",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("ticket_id", Text, primary_key=True),
    Column("spent_at", DateTime(timezone=True), nullable=False),
    prefixes=["UNLOGGED"],
)
"""Unlogged, so a download costs no disk write. Only a crash empties an unlogged table, and a download ticket lives 30
s, less than the database needs to come back. Upload tickets are spent in unclaimed_objects."""
