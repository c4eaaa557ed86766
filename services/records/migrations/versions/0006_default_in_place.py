"""The default for new documents that a legal representative sets in the holder's place, and who."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("records", sa.Column("masked_in_place", sa.Boolean))
    op.add_column("records", sa.Column("masked_by", sa.Text))
