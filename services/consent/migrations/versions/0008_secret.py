"""Authorisations declared in a minor's secret connection, beside those that representatives know."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("facts", sa.Column("secret", sa.Boolean, nullable=False, server_default=sa.false()))
    op.drop_constraint("facts_pkey", "facts")
    op.create_primary_key("facts_pkey", "facts", ["patient_id", "kind", "party", "giver", "secret"])
