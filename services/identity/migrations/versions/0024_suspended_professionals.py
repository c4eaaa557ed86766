"""Suspensions of professionals, and what a professional's session was begun with, so that it ends with it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Sessions under way state nothing, and end by their date."""
    op.create_table(
        "professional_suspensions",
        sa.Column("rpps", sa.Text, primary_key=True),
        sa.Column("cause", sa.Text, primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )
    for name in ("profession", "structure", "card"):
        op.add_column("sessions", sa.Column(name, sa.Text, nullable=False, server_default=""))
