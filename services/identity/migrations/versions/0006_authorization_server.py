"""Clients, requests, grants and refresh tokens of the authorization server."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "clients",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("publisher", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("redirect_uris", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("keys", sa.Text, nullable=False),
        sa.Column("registered_at", _MOMENT, nullable=False),
        sa.Column("suspended_at", _MOMENT),
    )
    op.create_table(
        "authorizations",
        sa.Column("request_id", sa.Uuid, primary_key=True),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("browser", sa.LargeBinary),
        sa.Column("expires_at", _MOMENT, nullable=False),
    )
    op.create_index("authorizations_expires_at", "authorizations", ["expires_at"])
    _add_grants()


def _add_grants() -> None:
    op.create_table(
        "grants",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("grant_id", sa.Uuid, primary_key=True, unique=True),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("redirect_uri", sa.Text, nullable=False),
        sa.Column("challenge", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("code", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("code_until", _MOMENT, nullable=False),
        sa.Column("code_used_at", _MOMENT),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
    )
    op.create_index("grants_started_at", "grants", ["started_at"])
    op.create_table(
        "refresh_tokens",
        sa.Column("token", sa.LargeBinary, primary_key=True),
        sa.Column(
            "grant_id", sa.Uuid, sa.ForeignKey("grants.grant_id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT),
    )
