"""Facts found by whom they name: the records a professional may read."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Index what is asked."""
    op.create_index("facts_by_party", "facts", ["party", "patient_id"])
