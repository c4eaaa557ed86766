"""The tables of identity about browsers on the platform's own pages, and the metadata that all tables share."""

from sqlalchemy import Column, DateTime, ForeignKey, LargeBinary, MetaData, Table, Text, Uuid

metadata = MetaData()

# Browsers logged in on the platform's own pages, by the hash of their tokens; they end with their session.
browser_sessions = Table(
    "browser_sessions",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.session_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("used_at", DateTime(timezone=True), nullable=False),
)

# Links by which software opens those pages: to a record, waiting for its professional in one browser once `code` is
# spent; and to continue an agent's session.
record_links = Table(
    "record_links",
    metadata,
    Column("link_id", Uuid, primary_key=True),
    Column("code", LargeBinary, unique=True),
    Column("browser", LargeBinary),
    Column("holder", Text, nullable=False, index=True),
    Column("record_id", Uuid, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False, index=True),
)
login_links = Table(
    "login_links",
    metadata,
    Column("code", LargeBinary, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.session_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("until", DateTime(timezone=True), nullable=False, index=True),
)
