"""First signatures of acts that need two operators."""

from chassis.migrate import create_signatures_table

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """None is awaited yet."""
    create_signatures_table()
