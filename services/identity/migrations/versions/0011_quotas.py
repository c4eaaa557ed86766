"""Business software may have a quota."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add how many requests a minute each of its places may make; 0: as many as it likes."""
    op.add_column("software", sa.Column("quota", sa.Integer, nullable=False, server_default="0"))
