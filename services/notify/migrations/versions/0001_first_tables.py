"""Notices and their deliveries."""

import sqlalchemy as sa
from alembic import op

from chassis.migrate import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    create_chassis_tables()
    op.create_table(
        "notices",
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("notice_id", sa.Uuid, nullable=False, server_default=sa.func.uuidv7()),
        sa.Column("recipient", sa.Text),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", "notice_id"),
    )
    op.create_table(
        "deliveries",
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("notice_id", sa.Uuid, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Text),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("patient_id", "notice_id", "channel"),
    )
    op.create_index("deliveries_due_at", "deliveries", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
