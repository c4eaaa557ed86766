"""Contents, unclaimed objects and spent tickets."""

import sqlalchemy as sa
from alembic import op

from chassis.migrate import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    create_chassis_tables()
    op.create_table(
        "contents",
        *_content_key(),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("object_key", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("frame_size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary),
        sa.Column("staged_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", "content_id"),
        sa.CheckConstraint("(state = 'destroyed') = (wrapped_key IS NULL)", name="a_key_until_destroyed"),
    )
    op.create_table(
        "unclaimed_objects",
        *_content_key(),
        sa.Column("object_key", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", "content_id"),
    )
    op.create_index("unclaimed_objects_due_at", "unclaimed_objects", ["due_at"])
    op.create_table(
        "spent_tickets",
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("ticket_id", sa.Text, nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", "ticket_id"),
        prefixes=["UNLOGGED"],
    )


def _content_key() -> list["sa.Column[object]"]:
    return [sa.Column("patient_id", sa.Uuid, nullable=False), sa.Column("content_id", sa.Uuid, nullable=False)]
