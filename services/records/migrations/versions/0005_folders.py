"""Folders and pins."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "folders",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("folder_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.UniqueConstraint("patient_id", "name_key"),
    )
    op.create_table(
        "folder_documents",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("folder_id", sa.Uuid, primary_key=True),
        sa.Column("document_id", sa.Uuid, primary_key=True),
    )
    op.create_index("folders_of_document", "folder_documents", ["patient_id", "document_id"])
    op.create_table(
        "pins",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("document_id", sa.Uuid, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
