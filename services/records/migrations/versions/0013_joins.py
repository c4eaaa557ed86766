"""A person may have two identities, and a record under each."""

from chassis.joins import create_joins_table

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Nobody has two identities."""
    create_joins_table()
