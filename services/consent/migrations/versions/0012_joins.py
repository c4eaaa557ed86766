"""A person may have two identities, and facts under each; some hold, or do not, only while they are joined."""

import sqlalchemy as sa
from alembic import op

from chassis.joins import create_joins_table

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Nobody has two identities."""
    create_joins_table()
    op.add_column("facts", sa.Column("while_joined", sa.Text))
