"""Legal representatives may allow apps to read for whom they represent."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add who gave a grant in the patient's place."""
    op.add_column("grants", sa.Column("representative", sa.Uuid))
