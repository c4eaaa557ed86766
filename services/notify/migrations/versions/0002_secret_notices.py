"""Notices of secret acts, hidden from legal representatives; no existing notice is one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; its default also serves processes of the previous version, while they still run."""
    op.add_column("notices", sa.Column("secret", sa.Boolean, nullable=False, server_default=sa.false()))
