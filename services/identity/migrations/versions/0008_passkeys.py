"""Passkeys of patients, and challenges that wait to be signed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "passkeys",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("credential_id", sa.LargeBinary, primary_key=True, unique=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT),
    )
    op.create_table(
        "passkey_challenges",
        sa.Column("attempt_id", sa.Uuid, primary_key=True),
        sa.Column("challenge", sa.LargeBinary, nullable=False),
        sa.Column("holder", sa.Uuid),
        sa.Column("expires_at", _MOMENT, nullable=False),
    )
    op.create_index("passkey_challenges_expires_at", "passkey_challenges", ["expires_at"])
