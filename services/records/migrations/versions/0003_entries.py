"""Metadata of entries, their search index, and submission sets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0003"
down_revision = "0002"

_KNOWN_TOKENS = """
UPDATE documents SET
    changed_at = deposited_at,
    tokens = ARRAY['type:' || type_code, 'class:' || class_code, 'format:' || format_code, 'author:' || author_rpps]
"""


def upgrade() -> None:
    """Add columns, fill them from the other columns of each document, and index single identifiers."""
    op.add_column("documents", sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.func.now()))
    op.add_column("documents", sa.Column("facts", JSONB, nullable=False, server_default="{}"))
    op.add_column("documents", sa.Column("confidentiality", sa.Text, nullable=False, server_default="N"))
    op.add_column("documents", sa.Column("service_start", sa.DateTime(timezone=True)))
    op.add_column("documents", sa.Column("service_stop", sa.DateTime(timezone=True)))
    op.add_column("documents", sa.Column("tokens", ARRAY(sa.Text), nullable=False, server_default="{}"))
    op.add_column("documents", sa.Column("families", sa.Text, nullable=False, server_default=""))
    op.add_column("documents", sa.Column("givens", sa.Text, nullable=False, server_default=""))
    op.add_column("documents", sa.Column("lot_id", sa.Uuid))
    op.execute(_KNOWN_TOKENS)
    op.alter_column("documents", "changed_at", nullable=False)
    # Software may name a document by one of its identifiers alone, without the patient.
    for column in ("unique_id", "entry_uuid", "document_id"):
        op.create_index(f"documents_{column}", "documents", [column])
    op.create_table(
        "lots",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("lot_id", sa.Uuid, primary_key=True),
        sa.Column("unique_id", sa.Text, nullable=False),
        sa.Column("source_id", sa.Text),
        sa.Column("families", sa.Text, nullable=False),
        sa.Column("givens", sa.Text, nullable=False),
        sa.Column("content_type", sa.Text),
        sa.Column("content_system", sa.Text),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deposited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("depositor", sa.Text, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.UniqueConstraint("patient_id", "unique_id"),
    )
    op.create_index(
        "documents_of_lot", "documents", ["patient_id", "lot_id"], postgresql_where=sa.text("lot_id IS NOT NULL")
    )
