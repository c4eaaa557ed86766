"""Deaths reported by agents, and the evidence they saw; the accounts of the dead open no more."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Nobody is known to have died."""
    op.create_table(
        "deaths",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("died_on", sa.Date, nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "evidence",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("act", sa.Text, primary_key=True),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
    )
    op.add_column("accounts", sa.Column("deceased_at", sa.DateTime(timezone=True)))
