"""Names are looked up with their ligatures as two letters."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Rewrite the keys that have one."""
    for column in ("family_key", "given_key"):
        op.execute(
            f"UPDATE patients SET {column} = replace(replace({column}, 'œ', 'oe'), 'æ', 'ae')"  # noqa: S608
            f" WHERE {column} LIKE '%œ%' OR {column} LIKE '%æ%'"
        )
