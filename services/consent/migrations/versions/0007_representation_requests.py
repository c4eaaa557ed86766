"""Requests of agents to name or end a legal representative; representations on file stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "representation_requests",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("request_id", sa.Uuid, primary_key=True),
        sa.Column("representative", sa.Uuid, nullable=False),
        sa.Column("ends", sa.Boolean, nullable=False),
        sa.Column("kind", sa.Text),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("evidence_kind", sa.Text, nullable=False),
        sa.Column("evidence_on", sa.Date, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("takes_effect_at", sa.DateTime(timezone=True)),
        sa.Column("contested_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.Text),
        sa.Column("closed_by", sa.Text),
    )
    is_waiting = sa.text("closed_at IS NULL")
    op.create_index(
        "representation_requests_waiting",
        "representation_requests",
        ["patient_id", "representative", "organisation", "ends"],
        unique=True,
        postgresql_where=is_waiting,
    )
    op.create_index(
        "representation_requests_due", "representation_requests", ["takes_effect_at"], postgresql_where=is_waiting
    )
