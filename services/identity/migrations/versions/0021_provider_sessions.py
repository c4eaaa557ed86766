"""Sessions begun by Pro Santé Connect end when they end there."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_NAMES = ("provider_subject", "provider_session")


def upgrade() -> None:
    """Add `sub` and `sid` of the id token; of what began before they are unknown."""
    for table in ("authorizations", "professional_codes", "sessions"):
        for name in _NAMES:
            op.add_column(table, sa.Column(name, sa.Text, nullable=False, server_default=""))
            op.create_index(f"{table}_{name}", table, [name], postgresql_where=sa.text(f"{name} <> ''"))
