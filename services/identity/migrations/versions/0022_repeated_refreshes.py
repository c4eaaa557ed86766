"""A refresh whose answer was lost may be repeated."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add what a used token was replaced by; of those used before it is unknown, and they are not repeated."""
    for table in ("refresh_tokens", "professional_refresh_tokens"):
        op.add_column(table, sa.Column("successor", sa.LargeBinary))
        op.add_column(table, sa.Column("repeated_at", sa.DateTime(timezone=True)))
