"""Shelves of the audit service; a trigger lets nobody change or remove a line of the journal."""

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, MetaData, Table, Text, Uuid

metadata = MetaData()

journal = Table(
    "journal",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("act", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor_role", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("profession", Text),
    Column("structure", Text),
    Column("document_id", Uuid),
    Column("hash", LargeBinary, nullable=False),
)

# The end of each patient's journal; its row lock makes the numbers run without a gap.
heads = Table(
    "heads",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
