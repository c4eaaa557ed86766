"""The numbers of a person are found by the person: the current one, and those they had before."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Every number on file is somebody's current one."""
    op.create_index("ins_numbers_holder", "ins_numbers", ["holder"])
