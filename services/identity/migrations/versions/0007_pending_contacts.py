"""New addresses of accounts, while they wait for their code."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "pending_contacts",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("attempt_id", sa.Uuid, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("pending_contacts_expires_at", "pending_contacts", ["expires_at"])
