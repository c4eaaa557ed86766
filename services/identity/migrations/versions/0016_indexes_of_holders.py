"""What a holder, or a representative, began is found to end it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add indexes."""
    op.create_index("code_attempts_of_holder", "code_attempts", ["holder"])
    op.create_index(
        "grants_of_representative",
        "grants",
        ["representative"],
        postgresql_where=sa.text("representative IS NOT NULL"),
    )
