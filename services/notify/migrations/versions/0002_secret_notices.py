"""Notices of secret acts, which legal representatives do not find; none of those before was one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Mark them; the default also serves a process of the version before, while it is still there."""
    op.add_column("notices", sa.Column("secret", sa.Boolean, nullable=False, server_default=sa.false()))
