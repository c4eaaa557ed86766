"""When a professional's visit to a record began, and the one before."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Nobody has visited a record yet: to each professional all is as it was, until their second visit."""
    op.create_table(
        "visits",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("rpps", sa.Text, primary_key=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before_at", sa.DateTime(timezone=True)),
    )
