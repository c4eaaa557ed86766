"""Failed guesses are counted by day, and an attempt knows what opens it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the table and the columns; attempts under way are opened by the code that was sent."""
    op.create_table(
        "failed_guesses",
        sa.Column("guess_key", sa.LargeBinary, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("keep_until", sa.Date, nullable=False),
    )
    op.create_index("failed_guesses_keep_until", "failed_guesses", ["keep_until"])
    op.add_column("code_attempts", sa.Column("opened_by", sa.Text, nullable=False, server_default="sent"))
    op.add_column("code_attempts", sa.Column("budget", sa.LargeBinary))
