"""The migrations of each service form one linear history."""

import pytest
from alembic.script import ScriptDirectory

from chassis.migrate import configuration
from contracts.wiring import SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_form_one_linear_history(service: str) -> None:
    scripts = ScriptDirectory.from_config(configuration(f"services.{service}"))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    assert all(len(scripts.get_revisions(step.revision)) == 1 for step in scripts.walk_revisions())
