"""In what capacity documents and submission sets were deposited; until now by professionals only."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """The default remains for processes of the release before, which deposit while this one starts."""
    for table in ("documents", "lots"):
        op.add_column(table, sa.Column("depositor_kind", sa.Text, nullable=False, server_default="professional"))
