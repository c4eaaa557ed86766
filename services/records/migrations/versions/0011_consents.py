"""Patients' consents to the opening of their record; of earlier ones the text that was shown is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Professionals have a profession, agents have none."""
    op.create_table(
        "consents",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("given_at", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("collector", sa.Text, nullable=False),
        sa.Column("structure", sa.Text),
        sa.Column("text_version", sa.Text),
    )
    op.execute(
        "INSERT INTO consents (patient_id, given_at, channel, collector, structure) "
        "SELECT patient_id, opened_at, CASE WHEN profession IS NULL THEN 'agent' ELSE 'professionnel' END, "
        "opener, structure FROM records"
    )
