"""First signatures of acts that need two operators."""

from chassis.migrate import create_signatures_table

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """None is awaited yet."""
    create_signatures_table()
