"""Authorisations, médecins traitants, blocks, oppositions and emergency accesses."""

import sqlalchemy as sa
from alembic import op

from chassis.migrate import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    create_chassis_tables()
    for name in ("medecins_traitants", "blocks"):
        op.create_table(
            name, *_patient_and_professional(), _timestamp("since"), sa.PrimaryKeyConstraint("patient_id", "rpps")
        )
    op.create_table(
        "authorisations",
        *_patient_and_professional(),
        _timestamp("since"),
        _timestamp("until"),
        sa.PrimaryKeyConstraint("patient_id", "rpps"),
    )
    op.create_table(
        "oppositions",
        sa.Column("patient_id", sa.Uuid, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        _timestamp("since"),
        sa.PrimaryKeyConstraint("patient_id", "mode"),
    )
    op.create_table(
        "emergencies",
        *_patient_and_professional(),
        _timestamp("since"),
        _timestamp("until"),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("patient_id", "rpps", "since"),
    )


def _patient_and_professional() -> tuple["sa.Column[object]", "sa.Column[object]"]:
    return sa.Column("patient_id", sa.Uuid, nullable=False), sa.Column("rpps", sa.Text, nullable=False)


def _timestamp(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
