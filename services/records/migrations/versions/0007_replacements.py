"""Which document replaces which, so that what it says of the older one follows its marks for each reader."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# A version that came before the one it names has not replaced it: the older one is not superseded, or by another.
_KNOWN_REPLACEMENTS = """
INSERT INTO replacements (patient_id, older, newer, steps)
WITH RECURSIVE replaced (patient_id, older, newer, steps) AS (
    SELECT older.patient_id, older.document_id, newer.document_id, 1
    FROM documents AS older JOIN documents AS newer
        ON newer.patient_id = older.patient_id AND newer.replaces = older.unique_id
        AND newer.deposited_at >= older.deposited_at AND newer.document_id <> older.document_id
    WHERE older.status IN ('superseded', 'deleted')
    UNION
    SELECT replaced.patient_id, replaced.older, newer.document_id, replaced.steps + 1
    FROM replaced
        JOIN documents AS between_them ON between_them.patient_id = replaced.patient_id
            AND between_them.document_id = replaced.newer AND between_them.status IN ('superseded', 'deleted')
        JOIN documents AS newer
            ON newer.patient_id = replaced.patient_id AND newer.replaces = between_them.unique_id
            AND newer.deposited_at >= between_them.deposited_at AND newer.document_id <> between_them.document_id
    WHERE replaced.steps < 50
)
SELECT patient_id, older, newer, min(steps) FROM replaced GROUP BY patient_id, older, newer
"""
# The time of a replacement is that of the newer version; what was changed before it is no longer known.
_MARK_REPLACED = """
UPDATE documents SET replaced = true, changed_at = CASE
    WHEN changed_at = newer.deposited_at THEN documents.deposited_at ELSE changed_at END
FROM (
    SELECT replacements.patient_id, older, min(deposited_at) AS deposited_at
    FROM replacements JOIN documents
        ON documents.patient_id = replacements.patient_id AND documents.document_id = replacements.newer
    WHERE steps = 1 GROUP BY replacements.patient_id, older
) AS newer
WHERE documents.patient_id = newer.patient_id AND documents.document_id = newer.older
"""
# A replacement took folders and pin away from the version that is current for those from whom it is hidden.
_COPY_FOLDERS = """
INSERT INTO folder_documents (patient_id, folder_id, document_id)
SELECT placed.patient_id, folder_id, older FROM folder_documents AS placed
    JOIN replacements ON replacements.patient_id = placed.patient_id AND newer = document_id
ON CONFLICT DO NOTHING
"""
_COPY_PINS = """
INSERT INTO pins (patient_id, document_id, at)
SELECT pins.patient_id, older, max(at) FROM pins
    JOIN replacements ON replacements.patient_id = pins.patient_id AND newer = document_id
GROUP BY pins.patient_id, older
ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    """Add table and columns, and fill them from what documents say they replace."""
    op.create_table(
        "replacements",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("older", sa.Uuid, primary_key=True),
        sa.Column("newer", sa.Uuid, primary_key=True),
        sa.Column("steps", sa.Integer, nullable=False),
    )
    op.create_index("replacements_newer", "replacements", ["patient_id", "newer", "steps"])
    for flag in ("replaced", "never_shown"):
        op.add_column("documents", sa.Column(flag, sa.Boolean, nullable=False, server_default=sa.false()))
    for statement in (_KNOWN_REPLACEMENTS, _MARK_REPLACED, _COPY_FOLDERS, _COPY_PINS):
        op.execute(statement)
