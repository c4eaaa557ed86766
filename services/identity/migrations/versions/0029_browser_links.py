"""Links by which software opens the platform's own pages: to a record for a professional, and to log an agent in."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """No link is under way."""
    op.create_table(
        "record_links",
        sa.Column("link_id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.LargeBinary, unique=True),
        sa.Column("browser", sa.LargeBinary),
        sa.Column("holder", sa.Text, nullable=False, index=True),
        sa.Column("record_id", sa.Uuid, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "login_links",
        sa.Column("code", sa.LargeBinary, primary_key=True),
        sa.Column(
            "session_id",
            sa.Uuid,
            sa.ForeignKey("sessions.session_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False, index=True),
    )
