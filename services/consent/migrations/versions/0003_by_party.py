"""An index of facts by party, for the records that a professional may read."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("facts_by_party", "facts", ["party", "patient_id"])
