"""A loaded version of the matrix can be withdrawn; its row stays, and its name stays taken."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing on file is withdrawn."""
    op.add_column("matrices", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.add_column("matrices", sa.Column("withdrawn_by", sa.Text))
