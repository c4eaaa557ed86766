"""On which database the last head was signed, and breaks of the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# The server, its timeline, which a recovery to a point in time changes, and the database on it.
_INSTANCE = """
CREATE FUNCTION instance() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(
        '/',
        (SELECT system_identifier FROM pg_control_system()),
        substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
        (SELECT oid FROM pg_database WHERE datname = current_database())
    )
$$
"""
_GUARD = """
CREATE TRIGGER breaks_stay BEFORE UPDATE OF lost_size, lost_root, kept_size, kept_root, at OR DELETE OR TRUNCATE
ON breaks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    """The database as it is now counts as the one on which the last head was signed."""
    op.execute(_INSTANCE)
    op.create_table(
        "signing",
        sa.Column("single", sa.Boolean, sa.CheckConstraint("single"), primary_key=True),
        sa.Column("instance", sa.Text, nullable=False),
    )
    op.execute("INSERT INTO signing (single, instance) SELECT true, instance()")
    op.create_table(
        "breaks",
        sa.Column("lost_size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("lost_root", sa.LargeBinary, primary_key=True),
        sa.Column("kept_size", sa.BigInteger, nullable=False),
        sa.Column("kept_root", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text),
    )
    op.execute(_GUARD)
