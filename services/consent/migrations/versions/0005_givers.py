"""Which legal representative decided a fact, or invited a carer, in the holder's place."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for table in ("facts", "invitations"):
        op.add_column(table, sa.Column("giver", sa.Text, nullable=False, server_default=""))
        op.alter_column(table, "giver", server_default=None)
    op.drop_constraint("facts_pkey", "facts")
    op.create_primary_key("facts_pkey", "facts", ["patient_id", "kind", "party", "giver"])
