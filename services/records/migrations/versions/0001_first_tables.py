"""Records, documents and first reads."""

import sqlalchemy as sa
from alembic import op

from chassis.migrate import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    create_chassis_tables()
    op.create_table(
        "records",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        *_texts("matricule", "ins_oid", "status", "opener"),
        sa.Column("structure", sa.Text),
        sa.Column("profession", sa.Text),
        _moment("opened_at"),
    )
    _create_documents()
    _create_marks()


def _create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("document_id", sa.Uuid, nullable=False),
        *_texts("entry_uuid", "unique_id"),
        sa.Column("version", sa.Integer, nullable=False),
        *_texts("status", "section", "class_code", "type_code", "format_code", "title"),
        *_texts("author_rpps", "author_name"),
        sa.Column("author_structure", sa.Text),
        _moment("created_at"),
        _moment("deposited_at"),
        *_texts("language", "media_type"),
        sa.Column("size", sa.BigInteger, nullable=False),
        *_texts("sha1", "sha256"),
        sa.Column("masque_ps", sa.Boolean, nullable=False),
        sa.Column("replaces", sa.Text),
        sa.Column("content_id", sa.Uuid, nullable=False),
        *_texts("depositor"),
        sa.Column("structure", sa.Text),
        sa.PrimaryKeyConstraint("patient_id", "document_id"),
        sa.UniqueConstraint("patient_id", "unique_id"),
        sa.UniqueConstraint("patient_id", "content_id"),
    )
    # The order of every list: newest first, without sorting.
    op.create_index(
        "documents_newest", "documents", ["patient_id", sa.text("created_at DESC"), sa.text("document_id DESC")]
    )


def _create_marks() -> None:
    op.create_table(
        "depositors",
        sa.Column("patient_id", sa.Uuid, nullable=False),
        *_texts("rpps"),
        sa.PrimaryKeyConstraint("patient_id", "rpps"),
    )
    # A receipt is valid for two minutes: those that a crash of the database loses have expired when it is back.
    op.create_table(
        "receipts",
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("content_id", sa.Uuid, nullable=False),
        _moment("presented_at"),
        sa.PrimaryKeyConstraint("patient_id", "content_id"),
        prefixes=["UNLOGGED"],
    )
    op.create_index("receipts_presented_at", "receipts", ["presented_at"])
    op.create_table(
        "first_reads",
        sa.Column("patient_id", sa.Uuid, nullable=False),
        *_texts("rpps"),
        _moment("at"),
        sa.PrimaryKeyConstraint("patient_id", "rpps"),
    )


def _texts(*names: str) -> "list[sa.Column[str]]":
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
