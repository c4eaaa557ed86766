"""Two identities of one person, joined by agents."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Nobody is known to have two identities."""
    op.create_table(
        "joins",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("other", sa.Uuid, nullable=False, unique=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
    )
    op.add_column("accounts", sa.Column("joined_at", sa.DateTime(timezone=True)))
