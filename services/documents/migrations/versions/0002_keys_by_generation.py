"""Wrapped keys are found by the generation that wraps them, in the order of their contents."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Index them; deposits go on meanwhile."""
    with op.get_context().autocommit_block():
        # One that was broken off stands there, invalid, and would be taken for done.
        op.execute("DROP INDEX IF EXISTS contents_key_id")
        op.create_index(
            "contents_key_id",
            "contents",
            ["key_id", "patient_id", "content_id"],
            postgresql_where=sa.text("wrapped_key IS NOT NULL"),
            postgresql_concurrently=True,
        )
