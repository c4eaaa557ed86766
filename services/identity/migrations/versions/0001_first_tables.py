"""The first tables of identity."""

import sqlalchemy as sa
from alembic import op

from chassis.migrate import create_chassis_tables

revision = "0001"
down_revision = None


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _text(name: str, *, optional: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text, nullable=optional)


def upgrade() -> None:
    """Bring the database here."""
    create_chassis_tables()
    _create_patients()
    _create_accounts()
    _create_attempts()
    _create_directory()


def _create_patients() -> None:
    op.create_table(
        "patients",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        _text("matricule"),
        _text("oid"),
        sa.Column("key_is_right", sa.Boolean, nullable=False),
        _text("family_name"),
        _text("given_names"),
        sa.Column("birth_date", sa.Date, nullable=False),
        _text("sex"),
        _moment("admitted_at"),
        _moment("card_shown_at"),
    )
    op.create_table(
        "ins_numbers",
        sa.Column("matricule", sa.Text, primary_key=True),
        sa.Column("oid", sa.Text, primary_key=True),
        sa.Column("holder", sa.Uuid, nullable=False),
    )


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        _text("identifier"),
        _text("password_hash"),
        _text("email"),
        sa.Column("email_verified", sa.Boolean, nullable=False),
        _text("mobile"),
        sa.Column("mobile_verified", sa.Boolean, nullable=False),
        _moment("activated_at"),
    )
    op.create_table(
        "identifiers",
        sa.Column("identifier", sa.Text, primary_key=True),
        sa.Column("holder", sa.Uuid, nullable=False),
    )
    op.create_table(
        "pending_accounts",
        sa.Column("patient_id", sa.Uuid, primary_key=True),
        sa.Column("attempt_id", sa.Uuid, nullable=False),
        _text("identifier"),
        _text("password_hash"),
        _text("email"),
        _text("mobile"),
        _text("channel"),
        _moment("expires_at"),
    )
    op.create_index("pending_accounts_expires_at", "pending_accounts", ["expires_at"])


def _create_attempts() -> None:
    op.create_table(
        "code_attempts",
        sa.Column("attempt_id", sa.Uuid, primary_key=True),
        _text("purpose"),
        sa.Column("holder", sa.Uuid),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        _moment("expires_at"),
    )
    op.create_index("code_attempts_expires_at", "code_attempts", ["expires_at"])
    op.create_table(
        "unfinished_logins",
        sa.Column("login_key", sa.LargeBinary, primary_key=True),
        sa.Column("started", sa.Integer, nullable=False),
        _moment("last_at"),
    )
    op.create_index("unfinished_logins_last_at", "unfinished_logins", ["last_at"])
    op.create_table(
        "spent_proofs",
        sa.Column("mark", sa.LargeBinary, primary_key=True),
        _moment("keep_until"),
    )
    op.create_index("spent_proofs_keep_until", "spent_proofs", ["keep_until"])


def _create_directory() -> None:
    op.create_table("structures", sa.Column("finess", sa.Text, primary_key=True), _text("name"))
    op.create_table(
        "professionals",
        sa.Column("rpps", sa.Text, primary_key=True),
        _text("title"),
        _text("family_name"),
        _text("given_names"),
        _text("profession"),
        _text("email", optional=True),
        _text("mobile", optional=True),
    )
    op.create_table(
        "practices",
        sa.Column("rpps", sa.Text, sa.ForeignKey("professionals.rpps"), primary_key=True),
        sa.Column("finess", sa.Text, sa.ForeignKey("structures.finess"), primary_key=True),
    )
    op.create_table("software", sa.Column("number", sa.Text, primary_key=True), _text("name"), _text("profile"))
