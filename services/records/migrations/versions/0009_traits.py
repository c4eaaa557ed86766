"""What is known of the holder of a record, to compare with what a document states of its patient."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Empty for the records there are: identity is asked at their next deposit."""
    op.add_column("records", sa.Column("birth_name", sa.Text))
    op.add_column("records", sa.Column("given_names", sa.Text))
    op.add_column("records", sa.Column("birth_date", sa.Date))
    op.add_column("records", sa.Column("sex", sa.Text))
