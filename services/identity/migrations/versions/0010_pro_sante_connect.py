"""Professionals may log in by Pro Santé Connect, from their software."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add what is stored between a browser's arrival and its software's last refresh."""
    op.add_column("clients", sa.Column("software", sa.Text, nullable=False, server_default=""))
    op.add_column("authorizations", sa.Column("rpps", sa.Text))
    op.create_table(
        "professional_codes",
        sa.Column("code", sa.LargeBinary, primary_key=True),
        sa.Column("session_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("redirect_uri", sa.Text, nullable=False),
        sa.Column("challenge", sa.Text, nullable=False),
        sa.Column("rpps", sa.Text, nullable=False),
        sa.Column("structure", sa.Text, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
    )
    op.create_index("professional_codes_until", "professional_codes", ["until"])
    op.create_table(
        "professional_refresh_tokens",
        sa.Column("token", sa.LargeBinary, primary_key=True),
        sa.Column("session_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("rpps", sa.Text, nullable=False),
        sa.Column("structure", sa.Text, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
    )
    op.create_index("professional_refresh_tokens_until", "professional_refresh_tokens", ["until"])
