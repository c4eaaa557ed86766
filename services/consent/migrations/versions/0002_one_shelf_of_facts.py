"""All facts about a record in one table, and versions of the matrix."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0002"
down_revision = "0001"

_COPY_FACTS = """
INSERT INTO facts (patient_id, kind, party, since, until, renews)
SELECT patient_id, 'autorisation', rpps, since, until, true FROM authorisations
UNION ALL SELECT patient_id, 'medecin_traitant', rpps, since, NULL, false FROM medecins_traitants
UNION ALL SELECT patient_id, 'blocage', rpps, since, NULL, false FROM blocks
UNION ALL SELECT patient_id, 'opposition', mode, since, NULL, false FROM oppositions
UNION ALL SELECT patient_id, mode, rpps, max(since), max(until), false
    FROM emergencies GROUP BY patient_id, mode, rpps
"""


def upgrade() -> None:
    """Create the tables, copy the facts, drop the tables that held them."""
    op.create_table(
        "facts",
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("renews", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("sections", ARRAY(sa.Text), nullable=False, server_default="{}"),
        sa.Column("evidence", sa.Text),
        sa.PrimaryKeyConstraint("patient_id", "kind", "party"),
    )
    op.create_table(
        "matrices",
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("effective", sa.Date, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_by", sa.Text, nullable=False),
    )
    op.execute(_COPY_FACTS)
    for name in ("authorisations", "medecins_traitants", "blocks", "oppositions"):
        op.drop_table(name)
