"""Business software may be suspended."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add since when; nothing is suspended."""
    op.add_column("software", sa.Column("suspended_at", sa.DateTime(timezone=True)))
