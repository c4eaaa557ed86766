"""Tables of the notify service; every row belongs to the patient whose record it is about."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, MetaData, Table, Text, Uuid, false, func, text

metadata = MetaData()

notices = Table(
    "notices",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("notice_id", Uuid, primary_key=True, server_default=func.uuidv7()),
    # Number of the professional it is for; NULL: the holder of the record.
    Column("recipient", Text),
    Column("code", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    # Not for legal representatives; such a notice has no delivery.
    Column("secret", Boolean, nullable=False, server_default=false()),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("notice_id", Uuid, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", DateTime(timezone=True)),
    Column("leased_until", DateTime(timezone=True)),
    Column("give_up_at", DateTime(timezone=True), nullable=False),
    Column("sent_by", Text),
    Column("sent_at", DateTime(timezone=True)),
    Index("deliveries_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
)

seen = Table(
    "seen",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    # Who read the notices of this record: its holder, or a representative, each for themselves.
    Column("reader", Uuid, primary_key=True),
    # The newest one they have seen; ids sort in the order of writing.
    Column("notice_id", Uuid, nullable=False),
)
