"""Changes of clients are counted, so that those who are told of them know the newest."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Start at zero, as what consent has on file."""
    op.add_column("clients", sa.Column("revision", sa.Integer, nullable=False, server_default="0"))
