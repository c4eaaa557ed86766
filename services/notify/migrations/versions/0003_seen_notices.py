"""How far each reader of a record's notices has read; nobody has marked anything so far."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table; processes of the previous version, while they still run, do not know it."""
    op.create_table(
        "seen",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("reader", sa.Uuid, primary_key=True),
        sa.Column("notice_id", sa.Uuid, nullable=False),
    )
