"""One Merkle tree instead of a chain for each patient; existing lines are published again, with their own times."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# New ids: the inbox has receipts of the old ones.
_REPUBLISH = """
INSERT INTO outbox (id, topic, bundle, occurred_at, traceparent, payload)
SELECT gen_random_uuid(), 'audit.journal_entry', 200, at, '', jsonb_strip_nulls(jsonb_build_object(
    'patient_id', patient_id, 'act', act, 'outcome', outcome, 'reason', reason, 'actor_role', actor_role,
    'actor', actor, 'actor_name', actor_name, 'profession', profession, 'structure', structure, 'mode', mode,
    'document_id', document_id
))::text
FROM journal ORDER BY at, patient_id, number
"""
_JOURNAL = """
CREATE TABLE journal (
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    strand uuid NOT NULL,
    number bigint NOT NULL,
    at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    act text NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL,
    mode text NOT NULL,
    role text NOT NULL,
    previous bytea NOT NULL,
    commitment bytea NOT NULL,
    sealed bytea NOT NULL,
    actor_mark bytea,
    document_mark bytea,
    leaf_hash bytea NOT NULL,
    PRIMARY KEY (position, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX journal_strand ON journal (strand, position);
CREATE INDEX journal_actor ON journal (actor_mark, position);
CREATE INDEX journal_at ON journal USING brin (at) WITH (autosummarize = on);
"""
# A trigger on each partition too: a statement that names the partition does not fire the journal's own.
_GUARDS = """
CREATE TRIGGER journal_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER heads_stay BEFORE UPDATE OF size, at, note OR DELETE OR TRUNCATE ON heads
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
# Called by the append that adds the first line of a month. ATTACH waits for no reader; CREATE ... PARTITION OF would.
_OPEN_MONTH = """
CREATE FUNCTION open_month(first date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text := 'journal_' || to_char(first, 'YYYY_MM');
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE journal INCLUDING ALL)', name);
    EXECUTE format(
        'ALTER TABLE journal ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name,
        first::timestamp AT TIME ZONE 'UTC',
        (first + interval '1 month')::timestamp AT TIME ZONE 'UTC'
    );
    EXECUTE format(
        'CREATE TRIGGER journal_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
        'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
        name
    );
END $$
"""


def upgrade() -> None:
    """Publish the old lines again and create the tables of the tree."""
    op.execute(_REPUBLISH)
    op.drop_table("journal")
    op.drop_table("heads")
    op.execute(_JOURNAL)
    _strands()
    _tree()
    op.create_table(
        "partitions",
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("first_position", sa.BigInteger, nullable=False),
        sa.Column("last_position", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("object_key", sa.Text),
        sa.Column("sha256", sa.LargeBinary),
    )
    op.execute(_GUARDS)
    op.execute(_OPEN_MONTH)


def _strands() -> None:
    op.create_table(
        "strands",
        sa.Column("strand", sa.Uuid, primary_key=True),
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("secret", sa.Boolean, nullable=False),
        sa.Column("document_id", sa.Uuid),
        sa.Column("shown", sa.Boolean, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("key", sa.LargeBinary),
        sa.Column("named_from", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("patient_id", "secret", "document_id", postgresql_nulls_not_distinct=True),
    )


def _tree() -> None:
    op.create_table(
        "tree",
        sa.Column("single", sa.Boolean, sa.CheckConstraint("single"), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True)),
    )
    op.execute("INSERT INTO tree (single, size) VALUES (true, 0)")
    op.create_table(
        "tiles",
        sa.Column("level", sa.SmallInteger, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    # Hashes do not compress; trying costs more than all the rest of an append.
    op.execute("ALTER TABLE tiles ALTER COLUMN hashes SET STORAGE EXTERNAL")
    op.create_table(
        "heads",
        sa.Column("size", sa.BigInteger, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("timestamp", sa.LargeBinary),
    )
