"""Patients look for professionals by the words of their names."""

from alembic import op

revision = "0031"
down_revision = "0029"

_BARE = "regexp_replace(normalize(family_names || ' ' || given_names, NFKD), '[\\u0300-\\u036f]', '', 'g')"
_LETTERS = f"replace(replace(replace(replace({_BARE}, 'Œ', 'oe'), 'œ', 'oe'), 'Æ', 'ae'), 'æ', 'ae')"
_WORDS = f"to_tsvector('simple', regexp_replace(lower({_LETTERS} COLLATE \"C\"), '[^a-z0-9]+', ' ', 'g'))"


def upgrade() -> None:
    """Index them; reading goes on meanwhile."""
    op.execute(
        "CREATE FUNCTION words_of(family_names text, given_names text DEFAULT '') RETURNS tsvector"
        f" LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN {_WORDS}"
    )
    op.execute("CREATE INDEX professionals_by_words ON professionals USING gin (words_of(family_name, given_names))")
