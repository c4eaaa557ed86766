"""An account may wait for a second factor after the card: a letter, or an agent."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add since when an account waits, which none does, and letters."""
    op.add_column("accounts", sa.Column("pending_since", sa.DateTime(timezone=True)))
    op.create_index(
        "accounts_pending_since",
        "accounts",
        ["pending_since"],
        postgresql_where=sa.text("pending_since IS NOT NULL"),
    )
    op.create_table(
        "letters",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("letter_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("code_hash", sa.LargeBinary, nullable=False),
        sa.Column("sealed_code", sa.LargeBinary),
        sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True)),
    )
    op.create_index("letters_expires_at", "letters", ["expires_at"])
