"""Filing plans, and the plan that each document was filed by."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table and the column; existing documents were filed by the built-in plan."""
    op.create_table(
        "filing_plans",
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_by", sa.Text, nullable=False),
    )
    op.add_column("documents", sa.Column("filed_by", sa.Text, nullable=False, server_default="integre"))
    op.create_index("documents_filed_by", "documents", ["filed_by"])
