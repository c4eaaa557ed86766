"""Devices from which patients log in may be known."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "known_devices",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("device_id", sa.Uuid, primary_key=True),
        sa.Column("token", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("known_devices_used_at", "known_devices", ["used_at"])
