"""Which listing or suspension of an app is on file, so that an older one changes nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Facts without revisions keep zero."""
    op.add_column("facts", sa.Column("revision", sa.Integer, nullable=False, server_default="0"))
