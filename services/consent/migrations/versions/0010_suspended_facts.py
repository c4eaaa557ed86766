"""What names a person whose death was reported is suspended, not deleted: the report may be wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing on file is suspended."""
    op.add_column("facts", sa.Column("suspended", sa.Boolean, nullable=False, server_default=sa.false()))
