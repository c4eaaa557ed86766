"""Accounts may be locked."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add since when; nothing is locked."""
    op.add_column("accounts", sa.Column("locked_at", sa.DateTime(timezone=True)))
