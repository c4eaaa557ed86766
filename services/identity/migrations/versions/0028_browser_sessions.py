"""Browsers that are logged in on the platform's own pages; a row ends with its session."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """No browser is logged in."""
    op.create_table(
        "browser_sessions",
        sa.Column("token", sa.LargeBinary, primary_key=True),
        sa.Column(
            "session_id",
            sa.Uuid,
            sa.ForeignKey("sessions.session_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
    )
