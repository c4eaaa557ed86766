"""Searching people by traits: names in the form they are looked up by."""

import sqlalchemy as sa
from alembic import op

from contracts.traits import fold_name

revision = "0003"
down_revision = "0002"

_NAMES = sa.text("SELECT patient_id, family_name, given_names FROM patients")
_KEYS = sa.text("UPDATE patients SET family_key = :family, given_key = :given WHERE patient_id = :patient_id")


def upgrade() -> None:
    """Add the keys, fill them for existing patients, index them."""
    for column in ("family_key", "given_key"):
        op.add_column("patients", sa.Column(column, sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    for patient_id, family, given in connection.execute(_NAMES).all():
        keys = {"family": fold_name(family), "given": fold_name(given), "patient_id": patient_id}
        connection.execute(_KEYS, keys)
    op.create_index("patients_by_traits", "patients", ["family_key", "birth_date"])
