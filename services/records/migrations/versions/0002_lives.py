"""Status and dates of records, documents hidden from the patient or from representatives."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns, and an index for each date that a timer selects by."""
    op.add_column("records", sa.Column("majority_on", sa.Date))
    op.add_column("records", sa.Column("closed_at", sa.DateTime(timezone=True)))
    op.add_column("records", sa.Column("close_reason", sa.Text))
    op.add_column("records", sa.Column("purge_on", sa.Date))
    op.add_column("records", _flag("default_masked"))
    op.add_column("documents", sa.Column("invisible_until", sa.DateTime(timezone=True)))
    op.add_column("documents", _flag("hidden_from_representatives"))
    op.add_column("first_reads", _flag("secret"))
    op.drop_constraint("first_reads_pkey", "first_reads")
    op.create_primary_key("first_reads_pkey", "first_reads", ["patient_id", "rpps", "secret"])
    for table, date in (("records", "majority_on"), ("records", "purge_on"), ("documents", "invisible_until")):
        op.create_index(f"{table}_{date}", table, [date], postgresql_where=sa.text(f"{date} IS NOT NULL"))


def _flag(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())
