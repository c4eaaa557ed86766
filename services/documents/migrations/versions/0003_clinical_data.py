"""Clinical data are kept, sealed under the key of their content."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add an empty table: data of older contents are kept when somebody reads them."""
    op.create_table(
        "clinical_data",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("content_id", sa.Uuid, primary_key=True),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
