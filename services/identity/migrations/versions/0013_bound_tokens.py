"""Tokens of apps may be bound to a key."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the thumbprint of a grant's key; there is none before."""
    op.add_column("grants", sa.Column("bound_to", sa.Text, nullable=False, server_default=""))
