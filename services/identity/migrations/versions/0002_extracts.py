"""Columns for extracts of the national directory: specialty, origin, and since when somebody is in it no longer."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns; those known already were listed by hand, and no extract retires them."""
    op.add_column("professionals", sa.Column("specialty", sa.Text))
    op.add_column("professionals", sa.Column("from_extract", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("professionals", sa.Column("retired_at", sa.DateTime(timezone=True)))
