"""Invitations of carers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("invitation_id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("sections", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("carer_label", sa.Text, nullable=False),
        sa.Column("holder_label", sa.Text, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carer", sa.Uuid),
    )
    op.create_index("invitations_carer", "invitations", ["carer"])
