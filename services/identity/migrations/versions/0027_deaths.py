"""Deaths reported by agents; the accounts of the dead open no more."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Nobody is known to have died."""
    op.create_table(
        "deaths",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("died_on", sa.Date, nullable=False),
        sa.Column("certificate", sa.Text, nullable=False),
        sa.Column("reported_by", sa.Text, nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("accounts", sa.Column("deceased_at", sa.DateTime(timezone=True)))
